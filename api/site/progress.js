import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { say } from "/site/words.js";

export const RUNNING = ["requested", "solving"];

/** The search while it runs: seconds, jobs served, cost, and a way to end it. */
export function progress(desk, id) {
  const line = h("p", { role: "status" }, say("day.starting"));
  async function stop(event) {
    event.target.disabled = true;
    await post(`/plans/${id}/stop`).catch(desk.tell);
  }
  watch(desk, id, line);
  return h("section", { class: "card" }, line, h("progress", { "aria-label": say("state.solving") }),
    h("button", { id: "stop", onclick: stop }, say("day.stop")));
}

/** Looks every second; a server that doesn't answer for a while is asked again. */
async function watch(desk, id, line) {
  const second = () => new Promise((over) => setTimeout(over, 1000));
  for (await second(); desk.here(); await second()) {
    const { plan, progress: now } = await get(`/plans/${id}`).catch((error) => (desk.tell(error), {}));
    if (plan && !RUNNING.includes(plan.plan.state)) return desk.here() && desk.again();
    if (!now) continue;
    const [seconds, cost] = [Math.round(now.elapsed_s), now.cost.toLocaleString()];
    line.textContent = say("day.searching", { seconds, served: now.served, cost });
  }
}
