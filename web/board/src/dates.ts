/** Days without a time, as 2026-03-03. */

export const today = (zone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());

export function daysAfter(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}
