/** The calls of tus 1.0 that a photo needs, and the meaning of every way in which one can end. */
import { CLIENT_VERSION } from "./contract";
import { Unreachable } from "./store/errors";

const PATH = "/mobile/v1/photos";
const VERSION = "1.0.0";
const TIMEOUT_MS = 60_000;
/** Answers that the same photo gets every time: it is too large, or the call is not understood. */
const FOR_EVER = [400, 413, 415, 422];
/** Answers about where an upload stands, which may be another place by now. */
const ELSEWHERE = [404, 409, 423];

/** `offset` counts the bytes that are safe at the server; `state` is what it has made of them. */
export interface Standing {
  offset: number;
  state: string;
}

export type Answer = Standing | "ask again" | "never";

/** Always right, also for one that is there already. All three throw Unreachable where nothing can be sent now. */
export function announce(sha256: string, size: number, token: string): Promise<Answer> {
  const headers = { "Upload-Length": String(size), "Upload-Metadata": `sha256 ${btoa(sha256)}` };
  return call("POST", PATH, headers, token);
}

export function ask(sha256: string, token: string): Promise<Answer> {
  return call("HEAD", `${PATH}/${sha256}`, {}, token);
}

export function sendPiece(sha256: string, offset: number, piece: ArrayBuffer, token: string): Promise<Answer> {
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  return call("PATCH", `${PATH}/${sha256}`, headers, token, piece);
}

async function call(
  method: string,
  path: string,
  more: Record<string, string>,
  token: string,
  body?: ArrayBuffer,
): Promise<Answer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        "Doorstep-Client": CLIENT_VERSION,
        "Tus-Resumable": VERSION,
        ...more,
      },
      body: body ?? null,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: late.signal,
    });
    return meaning(response.status, response.headers, await response.text());
  } catch (failure) {
    throw failure instanceof Unreachable ? failure : new Unreachable(String(failure));
  } finally {
    clearTimeout(timer);
  }
}

/** Only what names the protocol is our server's: a hotel's portal, or a proxy on the way, refuses nothing for ever. */
export function meaning(status: number, headers: Headers, body: string): Answer {
  if (headers.get("Tus-Resumable") !== VERSION) throw new Unreachable(`HTTP ${status}, and not from tus ${VERSION}`);
  // It was damaged on the way, and dropped.
  if (status === 422 && body.includes('"hash_mismatch"')) return "ask again";
  if (ELSEWHERE.includes(status)) return "ask again";
  if (FOR_EVER.includes(status)) return "never";
  const offset = Number(headers.get("Upload-Offset") ?? Number.NaN);
  if (status < 200 || status > 299 || !(offset >= 0)) throw new Unreachable(`HTTP ${status}`);
  return { offset, state: headers.get("Photo-State") ?? "" };
}
