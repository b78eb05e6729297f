import { known, say } from "/site/words.js";

const PATIENCE_MS = 30_000; // a network that is lost without a word would be waited for longer than any caller does

/** The server refused, or didn't answer. `message` is for a person. */
export class Refused extends Error {
  constructor(status, code, detail, places = []) {
    super(known(`error.${code}`) ? say(`error.${code}`) : say("error.other", { detail }));
    this.status = status;
    this.code = code;
    this.places = places; // the parts of the input that are wrong: [{ where, why }]
  }
}

export const get = async (path) => (await ask("GET", path)).json();

export const getText = async (path) => (await ask("GET", path)).text();

export const post = async (path, body) => (await send(path, body)).told;

/** What the server told, with the answer's status: 201 for what is new, 200 for what it knew already. */
export async function send(path, body) {
  const answer = await ask("POST", path, body).catch(async (error) => {
    if (error.status !== 403 || error.code === "not_allowed") throw error;
    document.cookie = "doorstep_csrf=; path=/; max-age=0"; // one from before the server's restart is worth nothing
    await fetch("/health");
    return ask("POST", path, body);
  });
  const cutOff = () => Promise.reject(new Refused(0, "unreachable", ""));
  return { status: answer.status, told: answer.status === 204 ? null : await answer.json().catch(cutOff) };
}

/** What the server answers as a file, saved under a name. */
export async function download(path, body, name) {
  const address = URL.createObjectURL(await (await ask("POST", path, body)).blob());
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), PATIENCE_MS);
}

async function ask(method, path, body) {
  const token = document.cookie.match(/doorstep_csrf=([^;]+)/)?.[1] ?? "";
  const headers = { "X-CSRF-Token": token, "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(`/api/v1${path}`, { method, headers, signal, body: body && JSON.stringify(body) }).catch(() => null);
  if (!answer) throw new Refused(0, "unreachable", "");
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, problem.code ?? "unreachable", problem.detail ?? "", problem.places);
}
