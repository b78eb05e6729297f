import { language, say } from "/site/words.js";

/** Times are read in a territory's zone, 24 h; a day never stands without its weekday. */
const format = (at, timeZone, look) =>
  new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", { timeZone, hourCycle: "h23", ...look }).format(new Date(at));

const DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
const TIME = { hour: "2-digit", minute: "2-digit" };

export const clock = (at, zone) => format(at, zone, TIME);

export const span = (from, to, zone) => `${clock(from, zone)}–${clock(to, zone)}`;

export const moment = (at, zone) => format(at, zone, { ...DAY, year: undefined, ...TIME });

/** Of a calendar day such as 2026-03-03, which has no zone. */
export const dayName = (day) => format(`${day}T12:00Z`, "UTC", DAY);

/** The calendar day of a moment. */
export const dayAt = (at, zone) => format(at, zone, DAY);

export const weekday = (day) => format(`${day}T12:00Z`, "UTC", { weekday: "short" });

export const daysAfter = (day, days) => new Date(Date.parse(`${day}T12:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export const today = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());

/** A moment as a field for date and time takes it, on the zone's clock. */
export const typedAt = (at, zone) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(new Date(at)).replace(" ", "T");

/** The moment that was typed there. Of an hour that the clock skips, the one after; of one that comes twice, the first. */
export function momentOf(typed, zone) {
  const wanted = Date.parse(`${typed}Z`);
  const ahead = (at) => Date.parse(`${typedAt(at, zone)}Z`) - at;
  const offsets = [ahead(wanted - 86_400_000), ahead(wanted + 86_400_000)]; // before and after a change of the clock
  const meant = offsets.map((offset) => wanted - offset).find((at) => typedAt(at, zone) === typed);
  return new Date(meant ?? wanted - offsets[0]).toISOString();
}

export function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return say("time.min", { n: minutes });
  return minutes < 2880 ? say("time.h", { n: Math.round(minutes / 6) / 10 }) : say("time.d", { n: Math.round(minutes / 1440) });
}
