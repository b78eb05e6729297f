import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

/** What phones said that contradicts the plan, until a person has looked at it. */
export async function conflicts(desk) {
  const found = await get("/conflicts");
  if (!found.length) return [h("p", { class: "notice" }, say("conflicts.none"))];
  const said = ({ technician: who, said: { kind, at }, ticket_number: ticket }) =>
    say("conflicts.said", { who, did: say(`did.${kind}`), ticket, at: moment(at, desk.territory?.zone) });
  const planned = ({ planned_for: who, visit_state }) => say("conflicts.planned", { who, state: say(`visit.${visit_state}`) });
  const seen = (one) => () => post(`/conflicts/${one.op_id}/settle`).then(desk.again, desk.tell);
  const item = (one) =>
    h("li", {}, h("p", {}, said(one)), h("p", {}, say(`why.${one.reason}`), " ", planned(one)),
      h("button", { onclick: seen(one) }, say("conflicts.seen")));
  return [h("p", { class: "dim" }, say("conflicts.intro")), h("ul", { class: "cards" }, found.map(item))];
}
