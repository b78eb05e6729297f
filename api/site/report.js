import { get, send } from "/site/api.js";
import { callerFinder } from "/site/callers.js";
import { draft, forget, keep, keepMissed, newReference } from "/site/draft.js";
import { h } from "/site/element.js";
import { defectPicker } from "/site/picker.js";
import { communities, openTickets, repeats, sameAddress } from "/site/repeats.js";
import { saved } from "/site/saved.js";
import { changed, isPlace, told } from "/site/telling.js";
import { triage } from "/site/triage.js";
import { watchedRepairs } from "/site/watched.js";
import { say } from "/site/words.js";

const NEEDED = ["community", "address", "defect_words"];
const FIELD_OF = { latitude: "coordinates", longitude: "coordinates", defect: "defect_words" };

/** A new report, typed while its owner is on the telephone; or, with a ticket in the address, what became of it. */
export async function report(desk) {
  if (!desk.territory) return [h("p", { class: "notice" }, say("day.noTerritory"))];
  const ticket = desk.params.get("ticket");
  return ticket ? saved(desk, (await get(`/tickets/${ticket}`)).ticket) : [form(desk, await get("/defects"))];
}

function form(desk, { defects, questions }) {
  const kept = draft();
  const begun = { territory_id: desk.territory.id, community: desk.params.get("community") ?? "", ...kept };
  const territories = h("select", { id: "territory_id", name: "territory_id" },
    desk.territories.map((one) => h("option", { value: one.id, selected: one.id === begun.territory_id }, one.name)));
  const suggested = h("datalist", { id: "communities" });
  const already = h("div", { id: "already", class: "notice wide", role: "status", hidden: true });
  const asked = h("div", { class: "asked" });
  const watched = watchedRepairs(desk);
  const code = h("input", { type: "hidden", name: "defect", value: begun.defect });
  const words = input("defect_words", begun, { maxlength: 200 });
  const page = h("form", { class: "report card", novalidate: true },
    callerFinder(desk, (caller) => (take(page, caller), page.dispatchEvent(new Event("input")), words.focus())),
    ["caller", "caller_number"].map((name) => h("input", { type: "hidden", name, value: begun[name] ?? "" })),
    labelled(territories), field("community", begun, { maxlength: 200, list: "communities" }), suggested,
    field("address", begun, { maxlength: 200 }), field("unit", begun, { maxlength: 50 }),
    already,
    h("div", { class: "picker" }, labelled(words), defectPicker(defects, words, code), code),
    h("input", { type: "hidden", name: "intake", value: begun.intake ?? "" }),
    watched.shown,
    asked,
    field("contact_name", begun, { maxlength: 100 }), field("contact_phone", begun, { maxlength: 30, type: "tel", placeholder: begun.caller_number }),
    labelled(h("textarea", { id: "description", name: "description", rows: 3, maxlength: 4000 }, begun.description), "wide"),
    field("coordinates", begun, { maxlength: 60, placeholder: "31.2304, 121.4737" }),
    h("p", { class: "wide row" }, h("button", { id: "save", class: "main" }, say("report.save")),
      h("button", { id: "clear", class: "quiet", type: "button", onclick: () => clear(desk) }, say("report.clear")),
      h("span", { class: "dim" }, say("report.keys"))));

  let tickets = [];
  const values = () => Object.fromEntries(new FormData(page));
  const given = { ...kept }; // answers too whose question is gone: another defect may ask it again
  const ask = () => asked.replaceChildren(...triage(defects.find((kind) => kind.code === code.value), questions, given));
  function look() {
    const typed = values();
    const zone = desk.territories.find((one) => one.id === typed.territory_id)?.zone;
    already.replaceChildren(...repeats(sameAddress(tickets, typed), zone));
    already.hidden = !already.children.length;
  }
  const suggest = () =>
    suggested.replaceChildren(...communities(tickets, territories.value).map((value) => h("option", { value })));
  page.addEventListener("input", ({ target }) => {
    wrong(target.id ? target : words, "");
    if (target.name === "contact_name") nobody(page); // another name is somebody else, with another number
    Object.assign(given, values());
    if (target === code || target === words) ask();
    if (target === territories) suggest();
    look();
    void watched.look(values());
    remember(values());
  });
  page.addEventListener("submit", (event) => (event.preventDefault(), save(desk, page, values(), questions)));
  ask();
  void watched.look({ unit: "", ...begun, ...values() });
  openTickets().then((found) => ((tickets = found), suggest(), look())).catch(desk.tell);
  const elsewhere = () => !document.activeElement?.matches("body, nav a, #main"); // in a field again, or at the language
  requestAnimationFrame(() => elsewhere() || page.elements[begins(page.elements)].focus());
  return page;
}

/** Where the keys go first: to whoever calls, unless something is known already. */
function begins(elements) {
  const missing = NEEDED.filter((name) => !elements[name].value);
  return missing.length === NEEDED.length ? "caller-words" : missing[0] ?? "save";
}

/** The home and the number of somebody who was found; the number itself stays masked, and with the server. */
function take({ elements }, caller) {
  const values = { ...caller, contact_name: caller.name, contact_phone: "", caller: caller.id ?? "", caller_number: caller.number };
  for (const name of ["territory_id", "community", "address", "unit", "contact_name", "contact_phone", "caller", "caller_number"]) elements[name].value = values[name];
  elements.contact_phone.placeholder = caller.number;
}

function nobody({ elements }) {
  elements.caller.value = elements.caller_number.value = elements.contact_phone.placeholder = "";
}

const input = (name, begun, attributes) =>
  h("input", { id: name, name, value: begun[name], autocomplete: "off", "aria-required": NEEDED.includes(name) && "true", ...attributes });

const field = (name, begun, attributes) => labelled(input(name, begun, attributes));

function labelled(control, look) {
  const why = `${control.id}-wrong`;
  control.setAttribute("aria-describedby", why);
  return h("div", { class: look }, h("label", {}, h("span", {}, say(`report.${control.id}`)), control), h("p", { id: why, class: "wrong" }));
}

/** Says what is wrong with a field, at the field; without words, that nothing is any more. */
function wrong(control, why) {
  const place = document.getElementById(`${control.id}-wrong`);
  if (!place) return;
  place.textContent = why;
  why ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
}

/** Words typed are kept with what was tried already; a form that is empty again is no draft. */
function remember(values) {
  const { reference, tried } = draft();
  const typed = Object.entries(values).some(([name, value]) => value.trim() && name !== "territory_id" && !name.startsWith("answer."));
  typed || reference ? keep({ ...values, reference, tried }) : forget();
}

async function save(desk, page, values, questions) {
  const button = page.elements.save;
  if (button.disabled || !complete(page, values)) return;
  const { reference = newReference(), tried } = draft();
  keep({ ...values, reference, tried: tried ?? values });
  button.disabled = page.inert = true;
  button.textContent = say("report.saving");
  try {
    const { intake, ...report } = values; // of a conversation in the inbox it is, if there is one
    const answer = await send(intake ? `/intakes/${intake}/ticket` : "/tickets", { ...told(report), reference });
    const { ticket } = answer.told;
    if (answer.status === 200) keepMissed(ticket.id, changed(desk, tried ?? values, values, questions));
    forget();
    desk.go({ ticket: ticket.id, community: null });
  } catch (error) {
    const refused = error.status >= 400 && error.status < 500;
    if (refused) keep({ ...values, reference, tried }); // that try is known not to have arrived
    button.disabled = page.inert = false;
    button.textContent = say("report.save");
    button.focus();
    desk.tell(error);
    blame(page, (error.places ?? []).map(({ where, why }) => [FIELD_OF[where] ?? where, say("report.refused", { why })]));
  }
}

/** Whether everything needed is there and can be read; if not, the fields say so. */
function complete(page, values) {
  const missing = NEEDED.filter((name) => !values[name].trim()).map((name) => [name, say("report.needed")]);
  const unlisted = values.defect_words.trim() && !values.defect && ["defect_words", say("report.choose")];
  const unread = values.coordinates.trim() && !isPlace(values.coordinates) && ["coordinates", say("report.degrees")];
  const found = [...missing, unlisted, unread].filter(Boolean);
  blame(page, found);
  return !found.length;
}

function blame(page, found) {
  const known = found.filter(([name]) => page.elements[name]);
  for (const [name, why] of known) wrong(page.elements[name], why);
  const first = [...page.elements].find((control) => known.some(([name]) => name === control.name));
  first?.focus();
}

function clear(desk) {
  if (!confirm(say("report.clearAsk"))) return;
  forget();
  desk.params.has("community") ? desk.go({ community: null }) : desk.again();
}
