/** One call to the server, and what every way that it can end means. */
import type { components } from "./generated/api";
import { known, sayCode } from "./words";

export type Schemas = components["schemas"];

const PATIENCE_MS = 30_000;
const CSRF = "doorstep_csrf";

/** The server said no. `message` is for a person; `places` says which parts, or which rules, and why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly places: { where: string; why: string }[] = [],
  ) {
    super(known("error", code) ? sayCode("error", code, { detail }) : sayCode("error", "other", { detail }));
  }
}

/** No answer, or none of this server's. Whether a change arrived isn't known: look before it is tried again. */
export class Unreachable extends Error {
  constructor() {
    super(sayCode("error", "unreachable"));
  }
}

export const get = <Answer>(path: string): Promise<Answer> => call<Answer>("GET", path);

export const post = <Answer>(path: string, body?: object): Promise<Answer> => change<Answer>("POST", path, body);
export const put = (path: string, body: object): Promise<null> => change<null>("PUT", path, body);
export const drop = (path: string): Promise<null> => change<null>("DELETE", path);

/** Tries once more with a new token, since one from before the server's restart is worth nothing. */
async function change<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  try {
    return await call<Answer>(method, path, body);
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.status !== 403 || failure.code === "not_allowed") throw failure;
    document.cookie = `${CSRF}=; path=/; max-age=0`;
    await fetch("/health");
    return await call<Answer>(method, path, body);
  }
}

/** A last word of a page that is being left: whether it arrived nobody waits to hear. */
export function postOnLeaving(path: string, body: object): void {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token() };
  fetch(`/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body), keepalive: true }).catch(() => undefined);
}

async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  if (body) headers["Content-Type"] = "application/json";
  const asked: RequestInit = { method, headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body) asked.body = JSON.stringify(body);
  let status: number;
  let text: string;
  try {
    const response = await fetch(`/api/v1${path}`, asked);
    status = response.status;
    text = await response.text();
  } catch {
    throw new Unreachable();
  }
  return meaning<Answer>(status, text);
}

export function meaning<Answer>(status: number, text: string): Answer {
  let read: unknown;
  try {
    read = text ? JSON.parse(text) : null;
  } catch {
    throw new Unreachable();
  }
  if (status >= 200 && status < 300) return read as Answer;
  const told = read as { code?: string; detail?: string; places?: { where: string; why: string }[] } | null;
  if (!told?.code) throw new Unreachable();
  throw new Refused(status, told.code, told.detail ?? "", told.places ?? []);
}

const token = (): string => document.cookie.match(new RegExp(`${CSRF}=([^;]+)`))?.[1] ?? "";
