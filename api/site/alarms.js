import { post } from "/site/api.js";
import { defect, h, ticketLink } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

/** An emergency out of hours: who was told, when, and with what outcome; and while it rings the one button that ends it. */
export function alarm(desk, one, zone) {
  const ringing = one.state === "ringing";
  async function accept(event) {
    event.target.disabled = true;
    await post(`/alarms/${one.id}/accept`).then(desk.again, desk.tell);
    event.target.disabled = false;
  }
  return h("section", { class: `notice ${ringing ? "bad" : ""}` },
    h("p", { class: "row" }, h("b", {}, h("span", { "aria-hidden": "true" }, "▲ "), say(one.unreached ? "alarm.unreached" : `alarm.${one.state}`, { who: one.accepted_by })),
      ticketLink(one.ticket_id, one.ticket_number), h("span", {}, defect(one.defect)), h("span", { class: "dim when" }, moment(one.raised_at, zone)),
      one.accepted_at && h("span", { class: "dim when" }, say("alarm.acceptedAt", { at: moment(one.accepted_at, zone) }))),
    one.unreached && h("p", {}, say("alarm.doYourself")),
    one.steps.length > 0 && h("ol", { class: "said-in" }, one.steps.map((step) => told(step, zone))),
    ringing && h("p", {}, h("button", { class: "main", type: "button", "aria-label": `${say("alarm.accept")}: ${one.ticket_number}`, onclick: accept }, say("alarm.accept"))));
}

const told = (step, zone) =>
  h("li", { class: "row" }, h("span", { class: "when" }, moment(step.rang_at, zone)), step.who ?? say("alarm.nobody"),
    step.who && (step.why ? h("span", { class: "badge soon" }, say("alarm.failed")) : h("span", { class: "dim" }, say("alarm.told"))));
