/** Moments and spans as the desk reads them: the site's zone, 24 hours. */
import { clock, span } from "../../shared/times";
import { zone } from "./where";
import { say } from "./words";

export const at = (moment: string): string => clock(moment, zone.value);
export const between = (from: string, to: string): string => span(from, to, zone.value);

const MINUTE_MS = 60_000;

/** Whole minutes from `from` to `to`; less than 0 if it has passed. */
export const minutes = (from: number, to: string): number => Math.floor((Date.parse(to) - from) / MINUTE_MS);

/** Minutes in words: 25 min, 2 h 05, 3 days. */
export function hours(count: number): string {
  if (count < 60) return say("time.min", { count });
  if (count < 48 * 60) return say("time.hours", { hours: Math.floor(count / 60), minutes: String(count % 60).padStart(2, "0") });
  return say("time.days", { count: Math.round(count / 1440) });
}
