/** When the phone talks to the server: on start, when the network returns, on focus, on a timer, after a record. */
import { readonly, ref, shallowRef } from "vue";
import { CLIENT_VERSION } from "./contract";
import { tooOld } from "./handshake";
import { onRecorded } from "./operations";
import { send, sync } from "./phone";
import { Refused, Unreachable } from "./store/errors";
import { sendPhotos } from "./uploads";

const EVERY_MS = 30_000;

/** `refused` needs a person: pair again, update. `unreachable` passes by itself. */
export type Trouble = { kind: "unreachable" } | { kind: "refused"; reason: string; detail: string } | { kind: "broken" };

const current = shallowRef<Trouble | null>(null);
const busy = ref(false);
const announced = ref(false);
let again = false;

export const trouble = readonly(current);
export const exchanging = readonly(busy);
/** The server has announced that it will refuse this version: time to update, while everything still goes out. */
export const updateWanted = readonly(announced);

/** Asked for while one is under way, it runs once more after it. Never throws. */
export async function exchange(): Promise<void> {
  if (busy.value) {
    again = true;
    return;
  }
  busy.value = true;
  try {
    do {
      again = false;
      current.value = await attempt();
    } while (again); // after a failure too: the network may have come back since it began
  } finally {
    busy.value = false;
  }
}

async function attempt(): Promise<Trouble | null> {
  try {
    await send();
    announced.value = tooOld(CLIENT_VERSION, await sync());
    void sendPhotos(); // large, and so beside the exchange: nothing waits for them
    return null;
  } catch (failure) {
    if (failure instanceof Unreachable) return { kind: "unreachable" };
    if (failure instanceof Refused) return { kind: "refused", reason: failure.reason, detail: failure.detail };
    console.warn(failure);
    return { kind: "broken" };
  }
}

export function keepExchanging(): void {
  const now = (): void => void exchange();
  onRecorded(now);
  window.addEventListener("online", now);
  window.addEventListener("focus", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  setInterval(now, EVERY_MS);
  now();
}
