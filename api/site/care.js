import { get, post } from "/site/api.js";
import { defect, h, ticketLink } from "/site/element.js";
import { dayName } from "/site/times.js";
import { say } from "/site/words.js";

/** Calls after repairs that are due, bad ratings first; and the button for a rainy day, which leaks wait for. */
export async function care(desk) {
  const { calls, more, rain } = await get("/follow-ups");
  return [
    h("p", { class: "dim" }, say("care.intro")),
    ...rain.map((one) => raining(desk, one)),
    calls.length
      ? h("ul", { class: "cards" }, calls.map((one) => card(desk, one)))
      : h("p", { class: "notice" }, say("care.none")),
    more > 0 && h("p", { class: "notice" }, say("care.more", { count: more })),
  ].filter(Boolean);
}

function raining(desk, { territory_id, waiting, last }) {
  const territory = desk.territories.find((one) => one.id === territory_id);
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: territory?.zone }).format(new Date());
  const day = h("input", { type: "date", name: "day", value: today, max: today, required: true, id: `rain-${territory_id}` });
  async function mark(event) {
    event.preventDefault();
    event.submitter.disabled = true;
    await post(`/territories/${territory_id}/rainy-days`, { day: day.value }).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  async function unmark({ target }) {
    if (!confirm(say("care.unmarkAsk", { day: dayName(last) }))) return;
    target.disabled = true;
    await post(`/territories/${territory_id}/rainy-days/${last}/unmark`).then(desk.again, desk.tell);
    target.disabled = false;
  }
  return h("form", { class: "bar", onsubmit: mark },
    h("span", {}, say("care.rain", { name: territory?.name ?? "", count: waiting })),
    last && h("span", { class: "dim" }, say("care.lastRain", { day: dayName(last) })),
    last && h("button", { type: "button", class: "quiet", onclick: unmark }, say("care.unmarkRain")),
    h("label", {}, say("care.rainDay"), day),
    h("button", {}, say("care.markRain")));
}

const card = (desk, one) =>
  h("li", {},
    h("p", { class: "row" }, h("b", {}, ticketLink(one.ticket_id, one.ticket_number)), h("span", { class: "badge state" }, say(`occasion.${one.occasion}`)), h("span", {}, defect(one.defect))),
    h("p", {}, one.home),
    h("p", { class: "row" }, h("span", {}, one.contact_name), h("a", { href: `tel:${one.contact_number}` }, one.contact_number)),
    h("p", { class: "dim" }, say("care.repaired", { day: dayName(one.repaired_on), who: one.technician })),
    one.stars !== null && h("p", {}, say("care.stars", { stars: one.stars }), " ", one.remark),
    one.tries > 0 && h("p", { class: "dim" }, say("care.tries", { count: one.tries }), " ", one.note),
    answering(desk, one));

function answering(desk, { id, occasion, ticket_number }) {
  const note = h("input", { id: `call-${id}`, name: "note", maxlength: 2000, autocomplete: "off" });
  async function settle(event) {
    event.preventDefault();
    event.submitter.disabled = true;
    await post(`/follow-ups/${id}/outcome`, { outcome: event.submitter.value, note: note.value.trim() }).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  const button = (outcome, words) => h("button", { value: outcome, "aria-label": `${say(words)}: ${ticket_number}` }, say(words));
  return h("form", { class: "bar", onsubmit: settle },
    h("label", { class: "note" }, say("care.note"), note),
    button("fixed", occasion === "low_rating" ? "care.talked" : "care.fixed"),
    button("came_back", "care.back"),
    button("not_reached", "care.notReached"));
}
