import { alarm } from "/site/alarms.js";
import { get, post } from "/site/api.js";
import { h, table } from "/site/element.js";
import { moment, momentOf, typedAt } from "/site/times.js";
import { say } from "/site/words.js";

/** Who is told of an emergency out of hours, in which order; and what became of the last day's alarms. */
export async function onCall(desk) {
  const [turns, alarms, me] = await Promise.all([get("/on-call"), get("/alarms"), get("/me")]);
  const manager = me.role === "manager";
  const colleagues = manager ? await get("/staff") : [];
  const over = alarms.filter(({ state }) => state !== "ringing"); // those that ring stand above every view
  return [
    h("section", {}, h("h2", {}, say("roster.title")),
      h("p", { class: "dim" }, say("roster.intro")),
      ...desk.territories.map((one) => territory(desk, one, turns.filter(({ territory_id }) => territory_id === one.id), manager))),
    manager && desk.territories.length > 0 && adding(desk, colleagues),
    h("section", {}, h("h2", {}, say("roster.lately")),
      over.length ? over.map((one) => alarm(desk, one, desk.territories.find(({ id }) => id === one.territory_id)?.zone)) : h("p", {}, say("roster.quiet"))),
  ].filter(Boolean);
}

function territory(desk, { name, zone }, turns, manager) {
  const now = turns.filter(({ starts }) => new Date(starts) <= Date.now());
  const row = (turn) => [{}, [
    [moment(turn.starts, zone), " – ", moment(turn.ends, zone), now.includes(turn) && [" ", h("span", { class: "badge state" }, say("roster.now"))]],
    String(turn.position), h("b", {}, turn.name), turn.reach_at,
    manager && h("button", { type: "button", class: "quiet", "aria-label": `${say("roster.drop")}: ${turn.name}, ${moment(turn.starts, zone)}`, onclick: drop(desk, turn) }, say("roster.drop")),
  ]];
  return h("section", { class: "visit" }, h("h3", {}, name),
    !now.length && h("p", { class: "notice bad" }, say("roster.nobodyNow")),
    turns.length > 0 && table(["roster.when", "roster.order", "roster.who", "roster.reach", ""], turns.map(row)));
}

const drop = (desk, turn) => async (event) => {
  if (!confirm(say("roster.dropAsk", { who: turn.name }))) return;
  event.target.disabled = true;
  await post(`/on-call/${turn.id}/drop`).then(desk.again, desk.tell);
};

/** Times are typed on the clock of the territory, wherever the browser stands. */
function adding(desk, colleagues) {
  const field = (name, control) => h("label", {}, say(`roster.${name}`), control);
  const zone = (id) => desk.territories.find((one) => one.id === id).zone;
  async function add(event) {
    event.preventDefault();
    const { starts, ends, position, ...told } = Object.fromEntries(new FormData(event.target));
    event.submitter.disabled = true;
    const turn = { ...told, position: Number(position), starts: momentOf(starts, zone(told.territory_id)), ends: momentOf(ends, zone(told.territory_id)) };
    await post("/on-call", turn).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  return h("section", {}, h("h2", {}, say("roster.add")),
    h("form", { class: "bar", onsubmit: add },
      h("label", {}, say("day.territory"), h("select", { name: "territory_id", id: "turn-territory" }, desk.territories.map((one) => h("option", { value: one.id, selected: one.id === desk.territory.id }, one.name)))),
      field("who", h("select", { name: "username", id: "turn-who" }, colleagues.map((one) => h("option", { value: one.username }, one.name)))),
      field("reach", h("input", { name: "reach_at", id: "turn-reach", required: true, maxlength: 200, autocomplete: "off" })),
      field("order", h("input", { name: "position", id: "turn-order", type: "number", min: 1, max: 20, value: 1, required: true })),
      field("from", h("input", { name: "starts", id: "turn-from", type: "datetime-local", required: true, value: typedAt(Date.now(), desk.territory.zone) })),
      field("to", h("input", { name: "ends", id: "turn-to", type: "datetime-local", required: true })),
      h("button", { class: "main" }, say("roster.save"))));
}
