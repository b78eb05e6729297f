import { address, defect, h, tier } from "/site/element.js";
import { CLOCKS, clock } from "/site/tickets.js";
import { named, say } from "/site/words.js";

const dues = (ticket, zone) =>
  h("dl", { class: "numbers due" }, CLOCKS.map((name) => h("div", {}, h("dt", {}, say(`tickets.${name}`)), h("dd", {}, clock(ticket[name], zone)))));

/** What was reported, where, by when it must be dealt with, and who pays. `number` is shown in front. */
export const about = (ticket, number, zone, clocks = dues(ticket, zone)) => [
  h("p", { class: "row" }, number, tier(ticket.tier), h("span", {}, defect(ticket.defect))),
  h("p", {}, ticket.community, " · ", address(ticket.address), " ", ticket.unit),
  h("p", { class: "dim" }, ticket.contact_name, " ", ticket.contact_number),
  ticket.description && h("p", { class: "written" }, ticket.description),
  ticket.needs_location && h("p", {}, h("span", { class: "badge soon" }, say("tickets.noLocation"))),
  clocks,
  h("h2", {}, say("tickets.warranty")),
  h("p", {}, named(ticket.warranty, "why")),
  h("p", { class: "dim" }, say("tickets.clocks", { policy: ticket.clock_policy })),
];
