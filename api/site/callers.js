import { get } from "/site/api.js";
import { address, defect, h, tier } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

const PAUSE_MS = 120; // between keys, before it is asked
const LEAST = 2;

/**
 * Who is calling, found while it is typed: part of a number, an address or a name. Arrows move, Enter takes, Escape
 * closes. `take(caller)` gets the choice; what is open at each home stands in its line, before anything else is typed.
 */
export function callerFinder(desk, take) {
  const words = h("input", { id: "caller-words", type: "search", autocomplete: "off", maxlength: 100, role: "combobox", "aria-controls": "callers",
    "aria-autocomplete": "list", "aria-expanded": "false" });
  const options = h("ul", { id: "callers", role: "listbox", "aria-label": say("report.caller"), hidden: true });
  let [found, active, asked] = [[], -1, 0];

  function mark(place) {
    active = place;
    for (const [at, one] of [...options.children].entries()) one.setAttribute("aria-selected", String(at === place));
    place < 0 ? words.removeAttribute("aria-activedescendant") : words.setAttribute("aria-activedescendant", `caller-${place}`);
    options.children[place]?.scrollIntoView({ block: "nearest" });
  }
  function open(shown) {
    options.hidden = !shown;
    words.setAttribute("aria-expanded", String(shown));
    if (!shown) mark(-1);
  }
  function choose(caller) {
    open(false);
    words.value = "";
    take(caller);
  }
  async function look() {
    const mine = (asked += 1);
    await new Promise((over) => setTimeout(over, PAUSE_MS));
    const typed = words.value.trim();
    if (mine !== asked) return;
    if (typed.length < LEAST) return open(false);
    const answer = await get(`/callers?q=${encodeURIComponent(typed)}`).catch((error) => (desk.tell(error), null));
    if (mine !== asked || !answer) return;
    found = answer;
    options.replaceChildren(...(found.length ? found.map((one, place) => option(desk, one, place, choose)) : [h("li", { class: "dim" }, say("report.nobody"))]));
    open(true);
    mark(found.length ? 0 : -1);
  }
  function key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length && !options.hidden) {
      event.preventDefault();
      mark((active + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault(); // never saves the form from here
      if (active >= 0) choose(found[active]);
    } else if (event.key === "Escape") open(false);
  }
  words.addEventListener("input", (event) => (event.stopPropagation(), look()));
  words.addEventListener("keydown", key);
  words.addEventListener("blur", () => open(false));
  options.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  return h("div", { class: "picker wide" }, h("label", {}, h("span", {}, say("report.caller")), words), options);
}

function option(desk, one, place, choose) {
  const zone = desk.territories.find(({ id }) => id === one.territory_id)?.zone;
  const open = one.open.map((each) =>
    h("span", { class: "row" }, h("b", {}, each.number), tier(each.tier), h("span", {}, defect(each.defect)),
      h("span", { class: "dim" }, say("report.openSince", { at: moment(each.reported_at, zone) }))));
  return h("li", { id: `caller-${place}`, role: "option", class: "caller", onclick: () => choose(one) },
    h("span", {}, h("b", {}, one.name || say("report.homeOnly")), " ", h("span", { class: "dim" }, one.number)),
    h("span", {}, one.community, " · ", address(one.address), " ", one.unit),
    open);
}
