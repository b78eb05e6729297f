const KEPT = "doorstep.report";
const MISSED = "doorstep.report.missed";
const read = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");

/** What is typed and not saved yet: it outlives a reload, a lost network and an ended session, and ends with the tab. */
export const draft = () => read(KEPT) ?? {};

export const forget = () => sessionStorage.removeItem(KEPT);

export const keep = (kept) => sessionStorage.setItem(KEPT, JSON.stringify(kept));

/** What was typed after an earlier try had arrived unnoticed: [label, words] of each, by ticket. */
export const missedBy = (ticket) => read(MISSED)?.[ticket] ?? [];

export const keepMissed = (ticket, missed) => sessionStorage.setItem(MISSED, JSON.stringify({ [ticket]: missed }));

/** A version 4 UUID. `crypto.randomUUID` is missing where the site is reached without TLS. */
export function newReference() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  [bytes[6], bytes[8]] = [(bytes[6] & 0x0f) | 0x40, (bytes[8] & 0x3f) | 0x80];
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
