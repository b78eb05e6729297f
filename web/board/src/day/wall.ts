/** The moment at which a zone's clock shows a time on a day, as 2026-03-03T08:00:00.000Z. */
export function momentOn(day: string, time: string, zone: string): string {
  const asUtc = Date.parse(`${day}T${time}:00Z`);
  const shows = (moment: number): number => {
    const text = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(moment);
    return Date.parse(`${text.replace(" ", "T")}Z`);
  };
  const guess = asUtc - (shows(asUtc) - asUtc);
  return new Date(guess - (shows(guess) - asUtc)).toISOString(); // once more, for nights in which clocks change
}
