import { get, post } from "/site/api.js";
import { about } from "/site/about.js";
import { standings } from "/site/clocks.js";
import { h } from "/site/element.js";
import { against, fact } from "/site/facts.js";
import { links } from "/site/links.js";
import { conversation, messages } from "/site/messages.js";
import { pauses } from "/site/pauses.js";
import { photos } from "/site/photos.js";
import { quotes } from "/site/quotes.js";
import { related } from "/site/related.js";
import { dayName, moment, span } from "/site/times.js";
import { visitTimes } from "/site/visit-times.js";
import { named, say } from "/site/words.js";

/** One ticket: what was reported, what can be done about it now, and each visit with all that its technician did. */
export async function ticket(desk) {
  const detail = await get(`/tickets/${encodeURIComponent(desk.params.get("ticket"))}`);
  const { ticket: one, visits, comebacks } = detail;
  const zone = desk.territories.find(({ id }) => id === one.territory_id)?.zone;
  const number = h("strong", { class: "ticket-number" }, one.number);
  return [
    h("section", { class: "card saved" },
      h("p", { class: "row" }, h("span", { class: "dim" }, say("about.reported", { at: moment(one.reported_at, zone) })), h("span", {}, say(`ticket.${one.state}`))),
      about(one, number, zone, standings(detail.clocks, zone)),
      one.state === "open" && !detail.clocks.contact.met_at && spoken(desk, one),
      sent(detail.photos)),
    visitTimes(desk, detail, zone),
    await quotes(desk, detail, zone),
    ...comebacks.map((each) => comeback(each, zone)),
    ...visits.map((each) => visit(each, zone)),
    !visits.length && h("p", { class: "notice" }, say("visits.none")),
    await pauses(desk, detail, zone),
    await links(desk, one, zone),
    ...(await conversation(one, zone)),
    await messages(desk, one, zone),
    ...(await related(desk, one, zone)),
  ].filter(Boolean);
}

/** Whoever has just put the phone down says so with one press; the contact clock stops. */
function spoken(desk, { id }) {
  const note = (event) => ((event.target.disabled = true), post(`/tickets/${id}/contact`).then(desk.again, desk.tell).finally(() => (event.target.disabled = false)));
  return h("p", {}, h("button", { type: "button", id: "spoken", onclick: note }, say("clocks.spoken")));
}

/** What the owner has photographed. */
const sent = (ids) =>
  ids.length > 0 && [h("h2", {}, say("about.photos")), photos(ids.map((id) => ({ state: "ready", path: `/api/v1/ticket-photos/${id}` })))];

const visit = (one, zone) =>
  h("section", { class: "visit" },
    h("h2", { class: "row" }, `${dayName(one.day)} · ${one.technician}`, h("span", { class: "badge state" }, say(`visit.${one.state}`))),
    h("p", { class: "dim" }, say("visits.planned", { span: span(one.starts_at, one.ends_at, zone) })),
    one.facts.length
      ? h("ol", { class: "cards facts" }, one.facts.map((each) => h("li", {}, fact(each, zone), against(each, zone))))
      : h("p", {}, say("visits.noFacts")));

/** Why the ticket is open again: what was told, who was there last, and what was done then. */
const comeback = (one, zone) =>
  h("section", { class: "notice" },
    h("b", {}, say("comeback.title", { number: one.number, at: moment(one.reported_at, zone), defect: named(one, "defect") })),
    one.description && h("p", {}, one.description),
    h("p", { class: "dim" }, say("comeback.last", { who: one.technician || "–", at: one.repaired_at ? moment(one.repaired_at, zone) : "–" })),
    h("p", { class: "dim" }, say("comeback.recipe", { steps: named(one, "recipe").join(" → ") })),
    h("p", { class: "dim" }, say("comeback.why")));
