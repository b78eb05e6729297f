/** One call to the server, and the meaning of every way it can end. */
import { CLIENT_VERSION, type ErrorAnswer, type OperationsAnswer, type PairAnswer, type SyncAnswer } from "./contract";
import { Refused, Unreachable } from "./store/errors";

const TIMEOUT_MS = 30_000;

export function pairWith(code: string, deviceName: string): Promise<PairAnswer> {
  const body = JSON.stringify({ code, device_name: deviceName, client_version: CLIENT_VERSION });
  return call("POST", "/mobile/v1/pair", { body }, isPairAnswer);
}

export function changesSince(cursor: string, token: string): Promise<SyncAnswer> {
  return call("GET", `/mobile/v1/sync?cursor=${encodeURIComponent(cursor)}`, { token }, isSyncAnswer);
}

/** `payloads` are operations as they were stored, which go out as the same bytes every time. */
export function deliver(payloads: string[], token: string): Promise<OperationsAnswer> {
  const body = `{"operations":[${payloads.join(",")}],"sent_at":${JSON.stringify(new Date().toISOString())}}`;
  return call("POST", "/mobile/v1/operations", { body, token }, isOperationsAnswer);
}

/** What a browser subscribes with, if this site sends messages that way; and this phone's subscription. */
export interface PushTerms {
  key: string | null;
  endpoint: string | null;
}

const PUSH = "/mobile/v1/push";

export const pushTerms = (token: string): Promise<PushTerms> => call("GET", PUSH, { token }, isPushTerms);
export const pushOff = (token: string): Promise<PushTerms> => call("DELETE", PUSH, { token }, isPushTerms);
export const pushOn = (subscription: object, token: string): Promise<PushTerms> =>
  call("PUT", PUSH, { body: JSON.stringify(subscription), token }, isPushTerms);

async function call<Answer>(
  method: string,
  path: string,
  given: { body?: string; token?: string },
  isAnswer: (read: unknown) => read is Answer,
): Promise<Answer> {
  const headers: Record<string, string> = { "Doorstep-Client": CLIENT_VERSION, Accept: "application/json" };
  if (given.token) headers.Authorization = `Bearer ${given.token}`;
  if (given.body) headers["Content-Type"] = "application/json";
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: given.body ?? null,
      cache: "no-store",
      credentials: "omit",
      redirect: "error", // a hotel's portal, never our server
      signal: late.signal,
    });
    return meaning(response.status, await response.text(), isAnswer);
  } catch (failure) {
    throw failure instanceof Refused || failure instanceof Unreachable ? failure : new Unreachable(String(failure));
  } finally {
    clearTimeout(timer);
  }
}

/** Only what is plainly our server's counts: a hotel's portal also answers 200, with a page of its own. */
export function meaning<Answer>(status: number, body: string, isAnswer: (read: unknown) => read is Answer): Answer {
  const read = readJson(body);
  if (status === 200) {
    if (isAnswer(read)) return read;
    throw new Unreachable("The answer can't be read.");
  }
  if (!isErrorAnswer(read)) throw new Unreachable(`HTTP ${status} without a reason`);
  if (status >= 500 || read.code === "too_many_requests") throw new Unreachable(`HTTP ${status}, ${read.code}`);
  throw new Refused(read.code, read.detail);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Fields = Record<string, unknown>;

const isObject = (read: unknown): read is Fields => typeof read === "object" && read !== null;
const are = (read: Fields, type: string, ...fields: string[]): boolean =>
  fields.every((field) => typeof read[field] === type);

function isErrorAnswer(read: unknown): read is ErrorAnswer {
  return isObject(read) && are(read, "string", "code", "detail");
}

function isPushTerms(read: unknown): read is PushTerms {
  return isObject(read) && "key" in read && "endpoint" in read;
}

function isPairAnswer(read: unknown): read is PairAnswer {
  return isObject(read) && are(read, "string", "device_id", "token", "technician_id", "technician_name");
}

export function isSyncAnswer(read: unknown): read is SyncAnswer {
  return (
    isObject(read) &&
    are(read, "string", "cursor", "minimum_client") &&
    are(read, "boolean", "more", "full") &&
    Array.isArray(read.changes) &&
    read.changes.every(
      (change) => isObject(change) && are(change, "string", "key", "kind") && are(change, "number", "seq") && isBody(change),
    )
  );
}

/** A stop or sheet that the pages could not show is an answer that can't be read; other kinds are only kept. */
function isBody(change: Fields): boolean {
  const { kind, body } = change;
  if (body === null) return true;
  if (body === undefined) return false;
  if (kind === "stop")
    return (
      isObject(body) &&
      are(body, "string", "visit_id", "state", "tier", "planned_start", "address") &&
      isObject(body.defect) &&
      [body.checklist, body.parts, body.history].every(Array.isArray)
    );
  if (kind === "route_sheet") return isObject(body) && are(body, "string", "day", "zone");
  return true;
}

export function isOperationsAnswer(read: unknown): read is OperationsAnswer {
  return (
    isObject(read) &&
    Array.isArray(read.verdicts) &&
    read.verdicts.every((verdict) => isObject(verdict) && are(verdict, "string", "op_id", "status"))
  );
}
