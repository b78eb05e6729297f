/** Moments in the site's zone: 24 hours, the weekday always shown. */
export function clock(moment: string, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(
    new Date(moment),
  );
}

export function span(from: string, to: string, zone: string): string {
  return `${clock(from, zone)}–${clock(to, zone)}`;
}

/** Of a date without a time, such as 2026-03-03. */
export function day(date: string, language: string): string {
  return new Intl.DateTimeFormat(language, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
  }).format(new Date(`${date}T00:00:00Z`));
}

/** The date of a moment in a zone, as 2026-03-03. */
export function dateIn(moment: string, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    new Date(moment),
  );
}

/** By this phone's own clock and zone, for what happened on the phone itself. */
export function ownClock(moment: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}
