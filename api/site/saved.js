import { about } from "/site/about.js";
import { missedBy } from "/site/draft.js";
import { h, ticketLink } from "/site/element.js";
import { say } from "/site/words.js";

/** What a saved report has become: its number to read out, how soon, and who pays. */
export function saved(desk, ticket) {
  const zone = desk.territories.find((one) => one.id === ticket.territory_id)?.zone;
  const another = () => desk.go({ ticket: null, territory: ticket.territory_id, community: ticket.community });
  const number = h("strong", { class: "ticket-number", tabindex: "-1" }, ticket.number);
  requestAnimationFrame(() => number.focus());
  return [
    h("section", { class: "card saved" },
      h("p", { role: "status" }, say("report.saved")),
      missed(missedBy(ticket.id)),
      about(ticket, number, zone),
      h("p", { class: "row" }, h("button", { id: "another", class: "main", onclick: another }, say("report.another")),
        ticketLink(ticket.id, say("report.goOn")))),
  ];
}

const missed = (changes) =>
  changes.length > 0 &&
  h("div", { class: "notice bad" }, say("report.missed"),
    h("ul", {}, changes.map(([label, words]) => h("li", {}, h("b", {}, label), " ", words || "–"))));
