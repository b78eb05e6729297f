import { get } from "/site/api.js";
import { address, defect, h, table, ticketLink, tier } from "/site/element.js";
import { dayName, duration, moment } from "/site/times.js";
import { named, say } from "/site/words.js";

const PAGE = 100;
const SOON_S = 3600;
export const CLOCKS = ["contact", "attend", "repair"];

/** What owners reported, oldest first: three clocks and the warranty verdict of each. */
export async function tickets(desk) {
  const zones = new Map(desk.territories.map((one) => [one.id, one.zone]));
  const [state, after] = [desk.params.get("state") ?? "open", desk.params.get("after")];
  const found = await get(`/tickets?limit=${PAGE}&state=${state}${after ? `&after=${after}` : ""}`);
  const row = (ticket) => [{}, cells(ticket, zones.get(ticket.territory_id))];
  const options = ["open", "closed", "cancelled"].map((value) => h("option", { value, selected: value === state }, say(`ticket.${value}`)));
  const pick = (event) => desk.go({ state: event.target.value, after: null });
  const columns = ["stop.ticket", "stop.defect", "stop.address", ...CLOCKS.map((name) => `tickets.${name}`), "tickets.warranty"];
  return [
    h("div", { class: "bar" }, h("label", {}, say("tickets.state"), h("select", { id: "state", onchange: pick }, options))),
    found.length ? table(columns, found.map(row)) : h("p", { class: "notice" }, say("tickets.none")),
    h("button", { hidden: found.length < PAGE, onclick: () => (desk.go({ after: found.at(-1).id }), scrollTo(0, 0)) }, say("tickets.more")),
  ];
}

const cells = (ticket, zone) => [
  [h("b", {}, ticketLink(ticket.id, ticket.number)), h("div", {}, tier(ticket.tier)), h("div", { class: "dim" }, moment(ticket.reported_at, zone))],
  [h("div", {}, defect(ticket.defect)), h("div", { class: "dim" }, ticket.description)],
  [h("div", {}, address(ticket.address), " ", ticket.unit), h("div", { class: "dim" }, ticket.contact_name, " ", ticket.contact_number),
    ticket.needs_location && h("span", { class: "badge soon" }, say("tickets.noLocation"))],
  ...CLOCKS.map((name) => clock(ticket[name], zone)),
  verdict(ticket),
];

/** When it runs out, and how close that is; or when it was stopped. */
export function clock({ due, met_at }, zone) {
  if (met_at) return say("clock.met", { at: moment(met_at, zone) });
  const left = (new Date(due) - Date.now()) / 1000;
  const look = left < 0 ? "over" : "soon";
  const badge = h("span", { class: `badge ${look}` }, say(`clock.${look}`, { duration: duration(Math.abs(left)) }));
  return [h("div", { class: "when" }, moment(due, zone)), left < SOON_S && badge];
}

function verdict({ warranty, clock_policy }) {
  const covered = { true: "yes", false: "no", null: "unknown" }[warranty.covered];
  const words = say(`warranty.${covered}`, { until: warranty.until && dayName(warranty.until) });
  return h("details", {},
    h("summary", {}, words, " ", warranty.payer && h("span", { class: "dim" }, say(`payer.${warranty.payer}`))),
    h("p", {}, named(warranty, "why")),
    h("ul", {}, warranty.articles.map((article) => h("li", {}, article))),
    h("p", { class: "dim" }, say("tickets.clocks", { policy: clock_policy })));
}
