import { defect, h, tier } from "/site/element.js";
import { named, say } from "/site/words.js";

/**
 * A defect chosen by typing part of its name in either language: arrows move, Enter takes, Escape closes.
 * `words` is what is typed, `code` the choice, empty until there is one; a change of it is an input event.
 */
export function defectPicker(defects, words, code) {
  const options = h("ul", { id: "defects", role: "listbox", "aria-label": say("report.defect_words"), hidden: true });
  const combobox = { role: "combobox", "aria-controls": options.id, "aria-autocomplete": "list", "aria-expanded": "false" };
  for (const [name, value] of Object.entries(combobox)) words.setAttribute(name, value);
  let shown = [];
  let active = -1;
  const both = (kind) => `${named(kind)} · ${named(kind, "name", named(kind) === kind.name_en ? "zh" : "en")}`;
  const chosen = defects.find((kind) => kind.code === code.value);
  if (chosen) words.value = both(chosen);

  function open(typed) {
    const parts = typed.toLowerCase().split(/\s+/);
    shown = defects.filter((kind) => parts.every((part) => `${kind.name_en} ${kind.name_zh}`.toLowerCase().includes(part)));
    const none = h("li", { class: "dim" }, say("report.noDefect"));
    options.replaceChildren(...(shown.length ? shown.map(option) : [none]));
    options.hidden = false;
    words.setAttribute("aria-expanded", "true");
    mark(typed && shown.length ? 0 : -1);
  }

  const option = (kind, place) =>
    h("li", { id: `defect-${place}`, role: "option", onclick: () => take(kind) }, h("span", {}, defect(kind)), tier(kind.tier));

  function close() {
    options.hidden = true;
    words.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function mark(place) {
    active = place;
    for (const [at, one] of [...options.children].entries()) one.setAttribute("aria-selected", String(at === place));
    place < 0 ? words.removeAttribute("aria-activedescendant") : words.setAttribute("aria-activedescendant", `defect-${place}`);
    options.children[place]?.scrollIntoView({ block: "nearest" });
  }

  function take(kind) {
    [words.value, code.value] = [both(kind), kind.code];
    close();
    code.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function key(event) {
    if (event.isComposing) return; // Enter and arrows are the input method's own while characters are composed
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (options.hidden) open(code.value ? "" : words.value);
      else if (shown.length) mark((Math.max(active + step, -1) + shown.length) % shown.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      take(shown[active]);
    } else if (event.key === "Tab" && !options.hidden && words.value && shown.length === 1) take(shown[0]);
    else if (event.key === "Escape") close();
  }

  words.addEventListener("input", () => ((code.value = ""), open(words.value.trim())));
  words.addEventListener("focus", () => (code.value ? words.select() : open(words.value.trim())));
  words.addEventListener("keydown", key);
  words.addEventListener("blur", close);
  options.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  return options;
}
