import { h, ticketLink } from "/site/element.js";
import { photos } from "/site/photos.js";
import { signature } from "/site/signature.js";
import { moment } from "/site/times.js";
import { named, say } from "/site/words.js";

/** What a technician did or saw: one of a phone's operations, with all that it says. */
export const fact = (one, zone) => [
  h("p", { class: "row" }, h("b", {}, say(`did.${one.kind}`)), h("span", {}, one.technician),
    h("span", { class: "when" }, moment(one.happened_at, zone))),
  h("p", { class: "dim" }, heard(one, zone), one.skewed && skewed(one, zone)),
  named(one, "reason") && h("p", {}, named(one, "reason")),
  said("fact.done", one.done),
  said("fact.needed", one.needed),
  one.minutes !== null && said("fact.minutes", say("time.min", { n: one.minutes })),
  one.note && h("p", { class: "written" }, one.note),
  one.parts.length > 0 && said("fact.parts", h("ul", {}, one.parts.map(({ name, code, quantity }) => h("li", {}, `${quantity} × ${name || code}`)))),
  one.checklist.length > 0 && said("fact.checklist", h("ul", { class: "checks" }, one.checklist.map(check))),
  one.witness && said("fact.witness", one.witness),
  said("fact.remark", one.remark),
  one.signature && signature(one.signature),
  one.photos.length > 0 && photos(one.photos),
  one.found && found(one.found),
];

/** When the office heard of it, unless that was at once. */
const heard = ({ happened_at, received_at }, zone) =>
  moment(received_at, zone) !== moment(happened_at, zone) && say("fact.received", { at: moment(received_at, zone) });

const skewed = ({ device_at }, zone) => [" ", h("span", { class: "badge soon" }, say("fact.skewed", { at: moment(device_at, zone) }))];

const said = (key, words) => words && h("div", { class: "said" }, h("span", { class: "dim" }, say(key)), " ", h("span", { class: "written" }, words));

const check = (one) =>
  h("li", { class: one.done ? "yes" : "no" }, h("span", { class: "unseen" }, say(one.done ? "fact.checked" : "fact.unchecked"), " "),
    named(one), one.note && h("span", { class: "dim" }, ` – ${one.note}`));

const found = (one) => [
  h("p", {}, named(one), one.place && ` · ${one.place}`),
  one.description && h("p", { class: "written" }, one.description),
  h("p", {}, say("fact.opened"), " ", ticketLink(one.ticket_id, one.ticket_number)),
];

/** What of the plan a fact contradicts, and who has looked at that. */
export const against = (one, zone) => one.against && [
  h("p", {}, h("span", { class: "badge soon" }, say("fact.conflict")), " ", say(`why.${one.against}`)),
  one.settled && h("p", { class: "dim" }, say("fact.settled", { who: one.settled.by, at: moment(one.settled.at, zone) })),
  one.settled?.note && h("p", { class: "written" }, one.settled.note),
];
