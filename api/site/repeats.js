import { get } from "/site/api.js";
import { address, defect, h, ticketLink, tier } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

const PAGE = 500;
const ENOUGH = 3; // letters or digits of an address; before that, everything is alike
const AT_MOST = 5;

/** Every open ticket of the reader's territories, newest first. */
export async function openTickets() {
  const found = [];
  for (let page = null; !page || page.length === PAGE; found.push(...page))
    page = await get(`/tickets?state=open&limit=${PAGE}${found.length ? `&after=${found.at(-1).id}` : ""}`);
  return found.reverse();
}

export const communities = (tickets, territory) =>
  [...new Set(tickets.filter((one) => one.territory_id === territory).map((one) => one.community))].sort();

/** How places are compared: capitals, blanks and commas say nothing. */
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Those whose address begins as the typed one does; "3号楼" stands in every community, so a known one decides. */
export function sameAddress(tickets, typed) {
  const begins = plain(typed.address);
  if (begins.length < (/\p{Script=Han}/u.test(begins) ? 2 : ENOUGH)) return [];
  const here = tickets.filter((one) => one.territory_id === typed.territory_id);
  const known = here.filter((one) => plain(one.community) === plain(typed.community));
  const alike = (known.length ? known : here).filter((one) => plain(one.address).startsWith(begins));
  const whole = alike.filter((one) => plain(one.address) === begins);
  return whole.length ? whole : alike;
}

/** The same leak is often reported twice, by two of a family or by a neighbour. */
export function repeats(found, zone) {
  const line = (one) =>
    h("li", { class: "row" }, h("b", {}, ticketLink(one.id, one.number)), tier(one.tier), h("span", {}, defect(one.defect)),
      h("span", {}, address(one.address), " ", one.unit),
      h("span", { class: "dim" }, say("report.openSince", { at: moment(one.reported_at, zone) })));
  if (!found.length) return [];
  const more = found.length - AT_MOST;
  return [h("b", {}, say("report.already")), h("ul", {}, found.slice(0, AT_MOST).map(line)),
    more > 0 && h("p", { class: "dim" }, say("report.more", { count: more }))].filter(Boolean);
}
