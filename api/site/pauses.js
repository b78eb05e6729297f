import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { moment } from "/site/times.js";
import { named, say } from "/site/words.js";

const CHANNELS = ["phone", "wechat", "web", "on_site"]; // by which an owner can agree to something

/** When the clocks stood still, why, and who agreed; and to let them stand still or go on. */
export async function pauses(desk, { ticket, pauses: known }, zone) {
  if (ticket.state !== "open" && !known.length) return null;
  const lasting = known.find(({ ends }) => !ends);
  const line = (one) => h("li", {}, h("p", { class: "row" }, h("b", {}, named(one)),
    h("span", { class: "when" }, moment(one.starts, zone), " – ", one.ends ? moment(one.ends, zone) : say("pauses.lasts")),
    h("span", { class: "dim" }, say("pauses.agreed", { who: one.agreed_by, how: say(`channel.${one.channel}`) }))),
    one.note && h("p", { class: "written" }, one.note));
  return h("section", { class: "visit", id: "pauses" },
    h("h2", {}, say("pauses.title")),
    known.length > 0 && h("ul", { class: "cards" }, known.map(line)),
    ticket.state === "open" && (lasting ? going(desk, ticket) : pausing(desk, ticket, await get("/pause-reasons"))));
}

function going(desk, ticket) {
  const go = (event) => ((event.target.disabled = true), post(`/tickets/${ticket.id}/resume`).then(desk.again, desk.tell).finally(() => (event.target.disabled = false)));
  return h("p", {}, h("button", { type: "button", id: "resume", class: "main", onclick: go }, say("pauses.goOn")));
}

function pausing(desk, ticket, reasons) {
  async function pause(event) {
    event.preventDefault();
    event.submitter.disabled = true;
    await post(`/tickets/${ticket.id}/pause`, Object.fromEntries(new FormData(event.target))).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  return h("details", {},
    h("summary", {}, say("pauses.stop")),
    h("form", { class: "bar inside", onsubmit: pause },
      h("label", {}, say("pauses.reason"), h("select", { name: "reason", id: "pause-reason" }, reasons.map((one) => h("option", { value: one.code }, named(one))))),
      h("label", {}, say("pauses.who"), h("input", { name: "agreed_by", id: "pause-who", required: true, maxlength: 100, autocomplete: "off", value: ticket.contact_name })),
      h("label", {}, say("pauses.how"), h("select", { name: "channel", id: "pause-how" }, CHANNELS.map((one) => h("option", { value: one }, say(`channel.${one}`))))),
      h("label", { class: "note" }, say("pauses.note"), h("input", { name: "note", id: "pause-note", maxlength: 2000, autocomplete: "off" })),
      h("button", { class: "main" }, say("pauses.pause"))),
    h("p", { class: "dim inside" }, say("pauses.hint")));
}
