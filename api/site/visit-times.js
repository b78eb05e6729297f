import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { clock, dayAt, dayName, span } from "/site/times.js";
import { say } from "/site/words.js";

/** Times into which the visit fits, to be read out on the telephone: a press holds one, the next books it. */
export function visitTimes(desk, { ticket, to_do: next }, zone) {
  if (ticket.state !== "open" || !next) return null;
  const job = `/jobs/${next.job_id}`;
  const place = h("div", { role: "status" });
  const show = (...parts) => place.replaceChildren(...parts.filter(Boolean));
  const asking = (act) => async (event) => {
    event.target.disabled = true;
    await act().catch((error) => (desk.tell(error), error.status === 409 && look().catch(desk.tell)));
    event.target.disabled = false;
  };
  async function look() {
    const { days } = await get(`${job}/offers`);
    const open = days.filter(({ offers }) => offers.length);
    show(...open.map((each) => h("div", { class: "row times" }, h("b", {}, dayName(each.day)), each.offers.map(offer))),
      !open.length && h("p", {}, say("times.none")));
    place.querySelector("button")?.focus();
  }
  const offer = (one) => h("button", { type: "button", class: one.cheapest ? "near" : "", onclick: asking(() => hold(one)) },
    span(one.opens, one.closes, zone), one.cheapest && h("span", { class: "small" }, " ", say("times.near")));
  async function hold({ opens, closes }) {
    const { until } = await post(`${job}/holds`, { opens, closes });
    const book = asking(async () => (await post(`${job}/bookings`, { opens, closes }), desk.again()));
    const told = { day: dayAt(opens, zone), span: span(opens, closes, zone), at: clock(until, zone) };
    show(h("p", {}, say("times.held", told)),
      h("p", { class: "row" }, h("button", { type: "button", class: "main", onclick: book }, say("times.book")),
        h("button", { type: "button", onclick: asking(look) }, say("times.other"))));
    place.querySelector("button").focus();
  }
  const cancel = async () => (confirm(say("times.cancelAsk")) ? (await post(`${job}/bookings/cancel`, { reason: "" }), desk.again()) : null);
  return h("section", { class: "visit", id: "times" },
    h("h2", {}, say("times.title")),
    next.promised && h("p", { class: "promise" }, say("times.promised", { day: dayAt(next.promised.opens, zone), span: span(next.promised.opens, next.promised.closes, zone) })),
    next.state === "quoted" && h("p", {}, say("times.quoted")),
    next.choose && h("p", { class: "row" },
      h("button", { type: "button", id: "look-for-times", onclick: asking(look) }, say(next.promised ? "times.move" : "times.look")),
      next.promised && h("button", { type: "button", class: "quiet", onclick: asking(cancel) }, say("times.cancel"))),
    place);
}
