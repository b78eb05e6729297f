import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { cents, money } from "/site/money.js";
import { dayName, daysAfter, moment, today } from "/site/times.js";
import { say } from "/site/words.js";

const CURRENCY = "CNY";
const DAYS = 14; // that a price holds unless somebody says otherwise
const MOST_LINES = 30;

/** What the owner was asked to pay, and what they said; and a form for the next price, where the owner pays. */
export async function quotes(desk, { ticket, to_do: next }, zone) {
  const known = await get(`/tickets/${ticket.id}/quotes`);
  const may = ticket.state === "open" && ticket.warranty.covered !== true && ["waiting", "quoted"].includes(next?.state)
    && !known.some(({ state }) => state === "accepted");
  if (!known.length && !may) return null;
  return h("section", { class: "visit", id: "quotes" },
    h("h2", {}, say("quotes.title")),
    known.length > 0 && h("ul", { class: "cards" }, known.map((one) => quote(desk, one, zone))),
    may && h("details", {}, h("summary", {}, say(known.length ? "quotes.another" : "quotes.make")), form(desk, ticket, zone)));
}

function quote(desk, one, zone) {
  const withdraw = (event) => ((event.target.disabled = true), post(`/quotes/${one.id}/withdraw`).then(desk.again, desk.tell).finally(() => (event.target.disabled = false)));
  const state = one.expired ? "expired" : one.state;
  return h("li", {},
    h("p", { class: "row" }, h("b", {}, money(one.total_cents, one.currency)),
      h("span", { class: `badge ${state === "declined" || state === "expired" ? "soon" : "state"}` }, say(`quote.${state}`)),
      h("span", { class: "dim" }, say("quotes.until", { day: dayName(one.valid_until) })),
      h("span", { class: "dim when" }, moment(one.decided_at ?? one.offered_at, zone)),
      one.state === "offered" && h("button", { type: "button", class: "quiet", onclick: withdraw }, say("quotes.withdraw"))),
    h("ul", {}, one.lines.map((line) => h("li", {}, line.text, " · ", money(line.cents, one.currency)))));
}

/** Enter in the last amount begins the next line, so that a price is typed without the mouse. */
function form(desk, ticket, zone) {
  const lines = h("div", { class: "lines" });
  const total = h("b", { role: "status" });
  const all = () => [...lines.children].map((row) => [...row.querySelectorAll("input")]);
  const sum = () => (total.textContent = say("quotes.total", { sum: money(all().reduce((whole, [, amount]) => whole + (cents(amount.value) ?? 0), 0), CURRENCY) }));
  function add() {
    const place = lines.children.length + 1;
    if (place > MOST_LINES) return;
    const text = h("input", { "aria-label": `${say("quotes.what")} ${place}`, placeholder: say("quotes.what"), maxlength: 200, autocomplete: "off" });
    const amount = h("input", { "aria-label": `${say("quotes.amount")} ${place}`, placeholder: "0.00", inputmode: "decimal", size: 9, autocomplete: "off" });
    lines.append(h("div", { class: "bar" }, h("span", { class: "note" }, text), amount));
    if (place > 1) text.focus();
  }
  function next(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.inputMode || event.target !== all().at(-1)[1] || !event.target.value.trim()) return;
    event.preventDefault();
    add();
  }
  async function offer(event) {
    event.preventDefault();
    const rows = all().filter(([text, amount]) => text.value.trim() || amount.value.trim());
    for (const [text, amount] of rows) {
      amount.setCustomValidity(cents(amount.value) === null ? say("quotes.noAmount") : "");
      text.setCustomValidity(text.value.trim() ? "" : say("quotes.noText"));
    }
    if (!rows.length) return all()[0][0].focus();
    if (!event.target.reportValidity()) return;
    const told = rows.map(([text, amount]) => ({ text: text.value.trim(), cents: cents(amount.value) }));
    event.submitter.disabled = true;
    await post(`/tickets/${ticket.id}/quotes`, { lines: told, valid_until: until.value, currency: CURRENCY }).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  const until = h("input", { type: "date", id: "quote-until", required: true, min: today(zone), value: daysAfter(today(zone), DAYS) });
  const page = h("form", { class: "inside quote", onsubmit: offer, onkeydown: next,
    oninput: ({ target }) => (target.setCustomValidity(""), sum()) },
    lines,
    h("p", { class: "row" }, h("button", { type: "button", class: "quiet", onclick: add }, say("quotes.line")), total),
    h("div", { class: "bar" }, h("label", {}, say("quotes.last"), until), h("button", { class: "main" }, say("quotes.offer"))),
    h("p", { class: "dim" }, say("quotes.hint")));
  add();
  sum();
  return page;
}
