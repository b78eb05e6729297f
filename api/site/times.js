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

export const weekday = (day) => format(`${day}T12:00Z`, "UTC", { weekday: "short" });

export const daysAfter = (day, days) => new Date(Date.parse(`${day}T12:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export const today = (zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());

export function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return say("time.min", { n: minutes });
  return minutes < 2880 ? say("time.h", { n: Math.round(minutes / 6) / 10 }) : say("time.d", { n: Math.round(minutes / 1440) });
}
