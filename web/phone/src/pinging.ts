/**
 * Looks where the technician is and tells the office, while location is on, this page is open and there is work: now on
 * the day's sheet, or a visit under way. At other times nobody is located.
 */
import { liveQuery } from "dexie";
import type { RouteSheet, VisitState } from "./contract";
import { ping } from "./operations";
import { forgetPlace, locate, locationDenied } from "./place";
import { changeDevice, countPings, device, transaction } from "./store/database";
import { UNDER_WAY } from "./store/optimistic";
import { routeSheets, stops } from "./store/sheet";

/** In a shift of eight hours 160 pings, of which the server keeps 288. */
const EVERY_MS = 3 * 60_000;

let on = false;
let pingedAt = 0;

export function keepPinging(): void {
  const wanted = liveQuery(async () => {
    const { location, identity } = await device();
    return Boolean(location && identity);
  });
  wanted.subscribe({
    next: (now) => {
      if (now === on) return;
      on = now;
      if (on) void look();
      else forgetPlace();
    },
    error: (failure) => console.warn(failure),
  });
  document.addEventListener("visibilitychange", () => void look());
  setInterval(() => void look(), EVERY_MS);
}

/** Whether it is on then: it stays off if the technician refuses when the browser asks. */
export async function switchLocation(wanted: boolean): Promise<boolean> {
  if (wanted && !(await locate()) && locationDenied.value) return false;
  await transaction(() => changeDevice({ location: wanted }));
  return wanted;
}

/** Never throws: a place is the least important thing that a phone says. */
async function look(): Promise<void> {
  if (!on || document.visibilityState !== "visible") return;
  try {
    if (!atWork(await routeSheets(), (await stops()).map((stop) => stop.state), Date.now())) return;
    const fix = await locate();
    // One waits at most: where somebody without a network was an hour ago tells nobody anything.
    if (!fix || fix.at - pingedAt < EVERY_MS / 2 || (await countPings()) > 0) return;
    pingedAt = fix.at;
    await ping(fix);
  } catch (failure) {
    console.info("no place:", failure);
  }
}

/** By what the phone knows, the route; the server knows the whole shift, and refuses a ping from outside of it. */
export function atWork(sheets: Pick<RouteSheet, "leaves_at" | "returns_at">[], states: VisitState[], now: number): boolean {
  return (
    sheets.some((sheet) => Date.parse(sheet.leaves_at) <= now && now <= Date.parse(sheet.returns_at)) ||
    states.some((state) => UNDER_WAY.has(state))
  );
}
