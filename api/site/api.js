import { known, say } from "/site/words.js";

/** The server refused, or didn't answer. `message` is for a person. */
export class Refused extends Error {
  constructor(status, code, detail) {
    super(known(`error.${code}`) ? say(`error.${code}`) : say("error.other", { detail }));
    this.status = status;
    this.code = code;
  }
}

export const get = async (path) => (await ask("GET", path)).json();

export const getText = async (path) => (await ask("GET", path)).text();

export async function post(path, body) {
  const answer = await ask("POST", path, body).catch(async (error) => {
    if (error.status !== 403 || error.code === "not_allowed") throw error;
    document.cookie = "doorstep_csrf=; path=/; max-age=0"; // one from before the server's restart is worth nothing
    await fetch("/health");
    return ask("POST", path, body);
  });
  return answer.status === 204 ? null : answer.json();
}

async function ask(method, path, body) {
  const token = document.cookie.match(/doorstep_csrf=([^;]+)/)?.[1] ?? "";
  const headers = { "X-CSRF-Token": token, "Content-Type": "application/json" };
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
  if (!answer) throw new Refused(0, "unreachable", "");
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, problem.code ?? "unreachable", problem.detail ?? "");
}
