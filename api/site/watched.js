import { get } from "/site/api.js";
import { defect, h } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

const PAUSE_MS = 250; // between keys, before it is asked
const PLACE = ["territory_id", "community", "address", "unit"];

/**
 * Which repair the report would open again, and the box that says it is another fault. Empty where none would be: then
 * the form has no such box, and tells nothing of it.
 */
export function watchedRepairs(desk) {
  const shown = h("div", { class: "notice wide", role: "status", hidden: true });
  let [where, found, number, latest] = ["", [], "", null];

  function draw() {
    const one = found.find(({ same }) => same.includes(latest.defect));
    shown.hidden = !one;
    if (number === (one?.number ?? "")) return; // a tick stays while other fields are typed
    number = one?.number ?? "";
    shown.replaceChildren(...(one ? question(desk, one, latest) : []));
  }
  /** To be called with the form's values whenever they change. */
  async function look(typed) {
    latest = typed;
    const asked = new URLSearchParams(PLACE.map((name) => [name, typed[name].trim()])).toString();
    if (asked !== where) {
      where = asked;
      found = [];
      if (typed.community.trim() && typed.address.trim()) {
        await new Promise((over) => setTimeout(over, PAUSE_MS));
        if (asked !== where) return;
        const answer = await get(`/watched-repairs?${asked}`).catch((error) => (desk.tell(error), []));
        if (asked !== where) return;
        found = answer;
      }
    }
    draw();
  }
  return { shown, look };
}

function question(desk, one, typed) {
  const zone = desk.territories.find(({ id }) => id === typed.territory_id)?.zone;
  return [
    h("p", {}, say("report.again", { at: moment(one.repaired_at, zone) }), " ", h("b", {}, one.number), " ", defect(one.defect)),
    h("label", { class: "row" }, h("input", { type: "checkbox", id: "elsewhere", name: "elsewhere", value: "yes", checked: typed.elsewhere === "yes" }),
      h("span", {}, say("report.elsewhere"))),
  ];
}
