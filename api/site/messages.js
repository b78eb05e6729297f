import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { said } from "/site/inbox.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

/** What the owner and the people on call were told of a ticket: by which ways, with what outcome; and once more. */
export async function messages(desk, ticket, zone) {
  const sent = await get(`/tickets/${ticket.id}/messages`);
  return h("section", { class: "visit", id: "messages" },
    h("h2", {}, say("messages.title")),
    sent.length
      ? h("ol", { class: "cards facts told" }, sent.map((one) => h("li", {}, message(desk, one, zone))))
      : h("p", {}, say("messages.none")));
}

function message(desk, one, zone) {
  async function again(event) {
    event.target.disabled = true;
    await post(`/messages/${one.id}/again`).then(desk.again, desk.tell);
    event.target.disabled = false;
  }
  const waits = one.state === "waiting" && one.not_before > one.made_at;
  return [
    h("p", { class: "row" }, h("b", {}, say(`message.${one.kind}`)), h("span", { class: "dim" }, one.to_name),
      h("span", { class: "when" }, moment(one.sent_at ?? one.made_at, zone)),
      h("span", { class: one.state === "failed" ? "badge soon" : "badge state" }, say(`sent.${one.state}`)),
      waits && h("span", { class: "dim" }, say("messages.notBefore", { at: moment(one.not_before, zone) })),
      one.again && h("button", { type: "button", "aria-label": `${say("messages.again")}: ${say(`message.${one.kind}`)}`, onclick: again },
        say("messages.again"))),
    h("p", { class: "written" }, one.body),
    one.why && h("p", { class: "dim" }, one.why),
    one.tries.length > 0 && h("ul", {}, one.tries.map((each) => h("li", { class: "dim" },
      `${moment(each.began_at, zone)} · ${say(`way.${each.way}`)} ${each.to} · ${say(`tried.${each.outcome ?? "open"}`)}`, each.why && ` · ${each.why}`))),
  ];
}

/** What was said in a channel before and after it became this ticket, with its pictures. */
export async function conversation(ticket, zone) {
  const intakes = await get(`/tickets/${ticket.id}/conversation`);
  return intakes.map((one) => h("section", { class: "visit" },
    h("h2", { class: "row" }, say("messages.conversation"), h("span", { class: "dim" }, one.number), h("span", { class: "badge state" }, say(`channel.${one.channel}`))),
    h("ul", { class: "said-in" }, one.messages.map((each) => h("li", {}, said(each, zone))))));
}
