import { get } from "/site/api.js";
import { standing } from "/site/clocks.js";
import { address, defect, h, table, ticketLink, tier } from "/site/element.js";
import { say } from "/site/words.js";

const MOST = 500;
const CLOCKS = ["contact", "attend", "repair"];

/** Open tickets of which a clock is missed or will be: the missed ones first, then what can still be saved. */
export async function danger(desk) {
  const only = desk.params.get("territory");
  const all = await get(`/jeopardy?limit=${MOST}`);
  const found = all.filter((one) => !only || one.territory_id === only);
  const zones = new Map(desk.territories.map((one) => [one.id, one.zone]));
  const missed = (one) => CLOCKS.some((name) => one[name].state === "missed");
  const pick = (event) => desk.go({ territory: event.target.value });
  const options = [["", say("inDanger.everywhere")], ...desk.territories.map(({ id, name }) => [id, name])]
    .map(([value, name]) => h("option", { value, selected: value === (only ?? "") }, `${name} · ${value ? all.filter((one) => one.territory_id === value).length : all.length}`));
  return [
    h("div", { class: "bar" }, h("label", {}, say("day.territory"), h("select", { id: "territory", onchange: pick }, options))),
    !found.length && h("p", { class: "notice" }, say("inDanger.none")),
    group("inDanger.missed", found.filter(missed), zones),
    group("inDanger.soon", found.filter((one) => !missed(one)), zones),
  ].filter(Boolean);
}

const group = (title, found, zones) =>
  found.length > 0 && h("section", {}, h("h2", {}, say(title, { count: found.length })),
    table(["stop.ticket", "stop.defect", "stop.address", ...CLOCKS.map((name) => `tickets.${name}`)],
      found.map((one) => [{}, cells(one, zones.get(one.territory_id))])));

const cells = (one, zone) => [
  [h("b", {}, ticketLink(one.ticket_id, one.number)), h("div", {}, tier(one.tier))],
  defect(one.defect),
  [one.community, " · ", address(one.address), " ", one.unit],
  ...CLOCKS.map((name) => [...standing(name, one[name], zone).querySelector("dd").childNodes]),
];
