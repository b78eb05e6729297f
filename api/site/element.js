import { language, named, say } from "/site/words.js";

/** An element with attributes, `on…` listeners and children. Text is only ever text, never markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ""));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** The same for a drawing. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const MARKS = { emergency: "▲", general: "●", minor: "■" };

/** Shape, word and colour. */
export const tier = (code) =>
  h("span", { class: `tier ${code}` }, h("span", { "aria-hidden": "true" }, MARKS[code]), say(`tier.${code}`));

/** The defect's name in the reader's language, then in the other. */
export function defect(row) {
  const other = language() === "zh" ? "en" : "zh";
  return [named(row), " ", h("span", { class: "dim", lang: other }, named(row, "name", other))];
}

/** Cities write addresses in capitals; people don't. */
export const address = (text) =>
  text === text.toUpperCase() ? text.toLowerCase().replace(/(^|[\s-])\p{L}/gu, (letter) => letter.toUpperCase()) : text;

/** A link to a ticket's page that keeps what else the address says, such as the territory. */
export function ticketLink(id, text) {
  const params = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of [["view", "ticket"], ["ticket", id]]) params.set(name, value);
  return h("a", { href: `#${params}` }, text);
}

export const list = (parts) => parts.join(say("comma"));

/** Rows are [attributes, cells]. A cell carries its column's name, so that a phone can show each row as a card. */
export function table(columns, rows) {
  const heads = columns.map((key) => (key ? say(key) : ""));
  const cells = (row) => row.map((cell, place) => h("td", { "data-column": heads[place] }, h("div", {}, cell)));
  const head = h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name))));
  return h("table", {}, head, h("tbody", {}, rows.map(([attributes, row]) => h("tr", attributes, cells(row)))));
}
