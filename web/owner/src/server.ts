/** One call to the server, and what every way that it can end means. */
import type { components } from "./generated/api";

type Schemas = components["schemas"];
export type Ticket = Schemas["OwnersTicket"];
export type Offers = Schemas["OffersView"];
export type DayOffers = Schemas["DayOffers"];
export type Offer = Schemas["OfferView"];
export type Held = Schemas["HoldView"];
export type SentCode = Schemas["SentCode"];
export type Rating = Schemas["GivenRating"];
export type OwnersHome = Schemas["OwnersHome"];
export type ProvenHome = Schemas["ProvenHome"];
export type SentNumber = Schemas["SentNumberCode"];
export type ReportedDefect = Schemas["ReportedDefect"];

const TIMEOUT_MS = 20_000;
/** A photo on a slow network. */
const PHOTO_TIMEOUT_MS = 120_000;

/** The server said no. `offers` are the times there are instead, where one was taken. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly offers: DayOffers[],
  ) {
    super(code);
  }
}

/** No answer, or none of this server's: a hotel's portal also answers. */
export class Unreachable extends Error {}

export async function call<Answer>(method: string, what: string, session: string, body?: object | Blob): Promise<Answer> {
  const late = new AbortController();
  const raw = body instanceof Blob;
  const timer = setTimeout(() => late.abort(), raw ? PHOTO_TIMEOUT_MS : TIMEOUT_MS);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (session) headers["Owner-Session"] = session;
  if (body) headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
  let status: number;
  let text: string;
  try {
    const response = await fetch(`/api/v1/owner/${what}`, {
      method,
      headers,
      body: raw ? (body as Blob) : body ? JSON.stringify(body) : null,
      cache: "no-store",
      credentials: "omit",
      signal: late.signal,
    });
    status = response.status;
    text = await response.text();
  } catch (failure) {
    throw new Unreachable(String(failure));
  } finally {
    clearTimeout(timer);
  }
  return meaning<Answer>(status, text);
}

function meaning<Answer>(status: number, text: string): Answer {
  let read: unknown;
  try {
    read = text ? JSON.parse(text) : null;
  } catch {
    throw new Unreachable(`HTTP ${status} that can't be read`);
  }
  if (status >= 200 && status < 300) return read as Answer;
  const told = read as { code?: string; offers?: DayOffers[] } | null;
  if (status >= 500 || !told?.code) throw new Unreachable(`HTTP ${status}`);
  throw new Refused(told.code, told.offers ?? []);
}
