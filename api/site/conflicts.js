import { get, post } from "/site/api.js";
import { h, ticketLink } from "/site/element.js";
import { fact } from "/site/facts.js";
import { dayName, moment, span } from "/site/times.js";
import { named, say } from "/site/words.js";

const MOST = 100; // that the server tells at once

const DECIDED = {
  plan: { moved: "decided.moved", cancelled: "decided.cancelled" },
  edit: { moved: "decided.byHand", cancelled: "decided.takenBack" },
  booking: { moved: "decided.booked", cancelled: "decided.givenBack" },
  end: { cancelled: "decided.dayOver" },
};

/** What phones said that contradicts the plan, beside what the office had decided, until a person has looked at both. */
export async function conflicts(desk) {
  const zones = new Map(desk.territories.map((one) => [one.id, one.zone]));
  const found = await get("/conflicts");
  if (!found.length) return [h("p", { class: "notice" }, say("conflicts.none"))];
  return [
    h("p", { class: "dim" }, say("conflicts.intro")),
    h("ul", { class: "cards" }, found.map((one) => card(desk, one, zones.get(one.territory_id)))),
    found.length === MOST && h("p", { class: "notice" }, say("conflicts.more", { count: MOST })),
  ].filter(Boolean);
}

const card = (desk, one, zone) =>
  h("li", {},
    h("p", { class: "row" }, h("b", {}, ticketLink(one.ticket_id, one.ticket_number)), h("span", {}, say(`why.${one.reason}`))),
    h("div", { class: "versions" },
      h("section", {}, h("h2", {}, say("conflicts.phone")), fact(one.did, zone)),
      h("section", {}, h("h2", {}, say("conflicts.office")), decided(one, zone), now(one, zone))),
    settling(desk, one));

/** Both stay as they are; the note goes into the audit trail. */
function settling(desk, { op_id, ticket_number }) {
  const note = h("input", { id: `note-${op_id}`, name: "note", maxlength: 2000, autocomplete: "off" });
  async function settle(event) {
    event.preventDefault();
    event.submitter.disabled = true;
    await post(`/conflicts/${op_id}/settle`, { note: note.value.trim() }).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  return h("form", { class: "bar", onsubmit: settle },
    h("label", { class: "note" }, say("conflicts.note"), note),
    h("button", { class: "main", "aria-label": `${say("conflicts.settle")}: ${ticket_number}` }, say("conflicts.settle")));
}

function decided({ decided: one, reason, did }, zone) {
  if (!one) return reason === "illegal_move" ? h("p", { lang: "en" }, did.detail) : h("p", {}, say("decided.unknown"));
  const nobody = one.through === "booking" ? "decided.owner" : "decided.doorstep";
  const told = { at: moment(one.at, zone), who: one.by ?? say(nobody), to: one.to, version: one.plan_version };
  const why = named(one, "why") ?? one.said;
  return [h("p", {}, say(DECIDED[one.through][one.kind], told)), why && h("p", {}, why)];
}

/** Who does the job as the plan stands: somebody may be on the way to work that is done. */
function now({ now: one, visit_state, did }, zone) {
  const instead = !one || one.visit_id !== did.visit_id;
  return [
    instead && h("p", {}, say("conflicts.state", { state: say(`visit.${visit_state}`) })),
    one
      ? h("p", {}, say("conflicts.now", { who: one.technician, day: dayName(one.day), span: span(one.starts_at, one.ends_at, zone), state: say(`visit.${one.state}`) }))
      : h("p", {}, say("conflicts.nobody")),
  ];
}
