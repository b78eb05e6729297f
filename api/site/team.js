import { get, post } from "/site/api.js";
import { h, list, table } from "/site/element.js";
import { clock, dayName, today } from "/site/times.js";
import { say } from "/site/words.js";

/** The technicians at work: trades, certificates with their dates, phones, and a code to pair one more. */
export async function team(desk) {
  const zones = new Map(desk.territories.map((one) => [one.id, one.zone]));
  const row = (one) => [
    [h("b", {}, one.name), h("div", { class: "dim" }, one.code)],
    list(one.skills.map((skill) => say(`skill.${skill}`))),
    one.certificates.map((held) => certificate(held, today(zones.get(one.territory_id)))),
    [list(one.devices.map((device) => device.name)) || h("span", { class: "dim" }, say("team.noPhone")), " ", pairing(desk, one, zones)],
  ];
  const columns = ["team.name", "team.trades", "team.certificates", "team.phones"];
  const found = await get("/technicians");
  if (!found.length) return [h("p", { class: "notice" }, say("team.none"))];
  return [table(columns, found.map((one) => [{}, row(one)]))];
}

function certificate({ kind, valid_to }, now) {
  const expired = valid_to < now;
  const until = say(expired ? "team.expired" : "team.until", { date: dayName(valid_to) });
  return h("div", {}, say(`skill.${kind}`), " ", h("span", { class: expired ? "badge over" : "dim" }, until));
}

/** A button that gives way to the code it asked for. */
function pairing(desk, technician, zones) {
  const place = h("div", { role: "status" }, h("button", { onclick: () => ask().catch(desk.tell) }, say("team.pair")));
  async function ask() {
    const { code, expires_at } = await post(`/technicians/${technician.id}/pairing-codes`);
    const hint = say("team.codeHint", { at: clock(expires_at, zones.get(technician.territory_id)) });
    const command = `./doorstep phone --site ${location.origin} pair ${code}`;
    place.replaceChildren(h("p", { class: "code" }, code), h("p", {}, hint), h("code", {}, command));
  }
  return place;
}
