import { h } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

const MARKS = { met: "✓", met_late: "✓", fine: "", paused: "‖", will_miss: "!", missed: "✗" };
const LOOKS = { missed: "over", will_miss: "soon", met_late: "soon" };

/** How a clock stands: shape, word and colour; when it runs out; and when the plan in force will meet it. */
export function standing(name, { state, due, met_at, planned }, zone) {
  const badge = h("span", { class: `badge ${LOOKS[state] ?? "state"}` },
    MARKS[state] && h("span", { "aria-hidden": "true" }, MARKS[state], " "), say(`danger.${state}`));
  return h("div", {}, h("dt", {}, say(`tickets.${name}`)),
    h("dd", {}, h("div", { class: "when" }, moment(due, zone)), badge,
      met_at
        ? h("div", { class: "dim small" }, say("clocks.met", { at: moment(met_at, zone) }))
        : planned && h("div", { class: "dim small" }, say("clocks.planned", { at: moment(planned, zone) }))));
}

/** Contact, attend and repair, side by side. */
export const standings = (clocks, zone) =>
  h("dl", { class: "numbers due" }, ["contact", "attend", "repair"].map((name) => standing(name, clocks[name], zone)));
