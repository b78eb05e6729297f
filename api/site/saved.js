import { missedBy } from "/site/draft.js";
import { address, defect, h, tier } from "/site/element.js";
import { CLOCKS, clock } from "/site/tickets.js";
import { named, say } from "/site/words.js";

/** What a saved report has become: its number to read out, how soon, and who pays. */
export function saved(desk, ticket) {
  const zone = desk.territories.find((one) => one.id === ticket.territory_id)?.zone;
  const due = (name) => h("div", {}, h("dt", {}, say(`tickets.${name}`)), h("dd", {}, clock(ticket[name], zone)));
  const another = () => desk.go({ ticket: null, territory: ticket.territory_id, community: ticket.community });
  const number = h("strong", { class: "ticket-number", tabindex: "-1" }, ticket.number);
  requestAnimationFrame(() => number.focus());
  return [
    h("section", { class: "card saved" },
      h("p", { role: "status" }, say("report.saved")),
      h("p", { class: "row" }, number, tier(ticket.tier), h("span", {}, defect(ticket.defect))),
      h("p", {}, ticket.community, " · ", address(ticket.address), " ", ticket.unit),
      h("p", { class: "dim" }, ticket.contact_name, " ", ticket.contact_number),
      ticket.description && h("p", { class: "written" }, ticket.description),
      ticket.needs_location && h("p", {}, h("span", { class: "badge soon" }, say("tickets.noLocation"))),
      missed(missedBy(ticket.id)),
      h("dl", { class: "numbers due" }, CLOCKS.map(due)),
      h("h2", {}, say("tickets.warranty")),
      h("p", {}, named(ticket.warranty, "why")),
      h("p", { class: "dim" }, say("tickets.clocks", { policy: ticket.clock_policy })),
      h("button", { id: "another", class: "main", onclick: another }, say("report.another"))),
  ];
}

const missed = (changes) =>
  changes.length > 0 &&
  h("div", { class: "notice bad" }, say("report.missed"),
    h("ul", {}, changes.map(([label, words]) => h("li", {}, h("b", {}, label), " ", words || "–"))));
