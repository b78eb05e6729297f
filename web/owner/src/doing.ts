/** One thing at a time: while it runs the buttons wait, and how it failed is said on the page. */
import { nextTick, ref } from "vue";
import { Refused } from "./server";
import { reasonIn, say } from "./words";

export const busy = ref(false);
export const problem = ref("");

/** Whether it was done. */
export async function doing(work: () => Promise<unknown>): Promise<boolean> {
  if (busy.value) return false;
  busy.value = true;
  problem.value = "";
  try {
    await work();
    return true;
  } catch (failure) {
    console.warn(failure);
    problem.value = failure instanceof Refused ? reasonIn(failure.code) : say("error.unreachable");
    return false;
  } finally {
    busy.value = false;
  }
}

const SCREENS = [
  "ticket", "verdict", "times", "confirm", "code", "cancel", "rate", "quote", "back", "rooms", "things", "defects", "questions", "tell",
] as const;
export type Screen = (typeof SCREENS)[number];

const asked = (): Screen => SCREENS.find((one) => location.hash === `#${one}`) ?? "ticket";
export const screen = ref<Screen>(asked());

/** What was asked for, before the number had to be proven. */
export const wanted = ref<"times" | "cancel" | "quote">("times");

/** In the address, so that the phone's own "back" leads to the question before. */
export function show(next: Screen): void {
  if (next === "ticket") history.replaceState(null, "", location.pathname);
  else location.hash = next;
  arrive(next);
}

function arrive(next: Screen): void {
  screen.value = next;
  void nextTick(() => {
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>("h1")?.focus();
  });
}

window.addEventListener("hashchange", () => {
  if (asked() !== screen.value) {
    problem.value = "";
    arrive(asked());
  }
});
