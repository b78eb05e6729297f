/** What the person is told at the page's foot: what went wrong stays until it is closed, what went well goes by itself. */
import { ref } from "vue";
import { Refused } from "./server";
import { me } from "./session";

export interface Told {
  id: number;
  text: string;
  bad: boolean;
  /** A button beside it, such as Undo. */
  action?: { word: string; run: () => void };
}

const GOES_AFTER_MS = 8_000;
const MOST = 4;
export const told = ref<Told[]>([]);
let last = 0;

export function tell(text: string, options: { bad?: boolean; action?: Told["action"] } = {}): void {
  const id = (last += 1);
  const one: Told = { id, text, bad: options.bad ?? false };
  if (options.action) one.action = options.action;
  told.value = [...told.value.filter((other) => other.text !== text), one].slice(-MOST);
  if (!one.bad) setTimeout(() => forget(id), GOES_AFTER_MS);
}

export function forget(id: number): void {
  told.value = told.value.filter((one) => one.id !== id);
}

/** Runs it; says what went wrong, and asks who is no longer signed in to sign in. True if it went well. */
export async function trying(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (failure) {
    tellFailure(failure);
    return false;
  }
}

export function tellFailure(failure: unknown): void {
  if (failure instanceof Refused && failure.code === "not_signed_in") {
    me.value = null; // the page stays as it is behind the form: nothing that was typed is lost
    return;
  }
  if (!(failure instanceof Error)) throw failure;
  tell(failure.message, { bad: true });
}
