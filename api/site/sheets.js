import { address, defect, h, list, table, tier } from "/site/element.js";
import { clock, duration, span } from "/site/times.js";
import { known, say } from "/site/words.js";

const COSTS = ["cheapest_insertion", "unserved_cost"]; // in seconds of driving, as the planner counts

/** What the plan leaves out, and the planner's proven reason in words. */
export function leftOut(view) {
  const word = (value) => (known(`skill.${value}`) ? say(`skill.${value}`) : value);
  const filled = ([name, value]) => [name, COSTS.includes(name) ? Math.round(value / 60) : list([value].flat().map(word))];
  const item = (left) =>
    h("li", { id: left.ticket_number, tabindex: "-1" },
      h("p", { class: "row" }, tier(left.tier), h("b", {}, left.ticket_number), h("span", {}, defect(left.defect)),
        h("span", { class: "dim" }, address(left.address))),
      h("p", {}, say(`reason.${left.reason}`, Object.fromEntries(Object.entries(left.detail).map(filled)))));
  const rows = view.unassigned.length ? h("ul", { class: "cards" }, view.unassigned.map(item)) : h("p", {}, say("left.none"));
  return h("section", {}, h("h2", {}, say("left.title")), rows);
}

/** A route sheet for each technician. */
export const sheets = (view) =>
  h("section", {}, h("h2", {}, say("sheets.title")), view.routes.map((route) => sheet(route, view.zone)));

function sheet(route, zone) {
  const late = route.stops.filter(lateBy).length;
  const driving = duration(route.stops.reduce((sum, stop) => sum + stop.travel_s, 0));
  const from = clock(route.leaves_at, zone);
  const columns = ["time", "tier", "ticket", "defect", "address", "drive", "note"].map((name) => `stop.${name}`);
  const rest = ({ start, end }) => [start, { class: "dim" }, [span(start, end, zone), "", "", say("stop.break"), "", "", ""]];
  const stops = route.stops.map((stop) => [stop.starts_at, { id: stop.ticket_number, tabindex: "-1" }, cells(stop, zone)]);
  const inOrder = [...stops, ...route.breaks.map(rest)].sort(([one], [other]) => new Date(one) - new Date(other));
  return h("details", {},
    h("summary", {}, h("b", {}, route.technician),
      h("span", {}, say("sheets.summary", { from, to: clock(route.returns_at, zone), stops: route.stops.length, driving })),
      late > 0 && h("span", { class: "badge soon" }, say("sheets.late", { count: late })),
      h("span", { class: "dim" }, list(route.skills.map((skill) => say(`skill.${skill}`))))),
    table(columns, inOrder.map(([, attributes, row]) => [attributes, row])));
}

/** Seconds that the visit starts after its due time, or 0. */
const lateBy = (stop) => Math.max(0, (new Date(stop.starts_at) - new Date(stop.due)) / 1000);

function cells(stop, zone) {
  const promise = stop.promised_from && say("stop.promised", { span: span(stop.promised_from, stop.promised_to, zone) });
  return [
    span(stop.starts_at, stop.ends_at, zone), tier(stop.tier), stop.ticket_number, defect(stop.defect),
    [address(stop.address), " ", stop.unit], duration(stop.travel_s),
    [lateBy(stop) > 0 && h("span", { class: "badge soon" }, say("stop.late", { duration: duration(lateBy(stop)) })),
      promise && h("span", { class: "promise" }, promise)],
  ];
}
