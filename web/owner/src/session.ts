/** The key that this tab was given for a ticket's link. Of this tab only: another link in another tab is another ticket. */
const KEPT = "doorstep.owner";

/** Of the address, after /o/. */
export const segments = location.pathname.split("/").slice(2);

export function keptSession(token: string): string {
  try {
    const [of, secret] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as string[];
    return of === token ? (secret ?? "") : "";
  } catch {
    return "";
  }
}

export function keepSession(token: string, secret: string): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([token, secret]));
  } catch {
    // a forbidden storage: the link is opened again after a reload
  }
}
