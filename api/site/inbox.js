import { get, post } from "/site/api.js";
import { draft, keep } from "/site/draft.js";
import { h, ticketLink } from "/site/element.js";
import { photos } from "/site/photos.js";
import { moment } from "/site/times.js";
import { language, named, say } from "/site/words.js";

const MOST = 100; // that the server tells at once

/** What people wrote and nobody has dealt with yet: each conversation becomes a ticket, or is put aside with a note. */
export async function inbox(desk) {
  const [found, { defects }] = await Promise.all([get("/intakes"), get("/defects")]);
  if (!found.length) return [h("p", { class: "notice" }, say("inbox.none"))];
  return [
    h("p", { class: "dim" }, say("inbox.intro")),
    h("ul", { class: "cards" }, found.map((one) => card(desk, one, defects))),
    found.length === MOST && h("p", { class: "notice" }, say("inbox.more", { count: MOST })),
  ].filter(Boolean);
}

function card(desk, one, defects) {
  const zone = (desk.territories.find(({ id }) => id === one.territory_id) ?? desk.territory)?.zone;
  return h("li", {},
    h("p", { class: "row" }, h("b", {}, one.number), h("span", {}, say(`channel.${one.channel}`)),
      h("span", { class: "when" }, moment(one.heard_at, zone)),
      one.ticket_id && h("span", {}, say("inbox.after"), " ", ticketLink(one.ticket_id, one.ticket_number))),
    h("p", {}, who(one)),
    h("ul", { class: "said-in" }, one.messages.map((message) => h("li", {}, said(message, zone)))),
    one.state === "open" ? settling(desk, one, defects) : reading(desk, one));
}

/** Where the sender lives: as the desk knows it, else as they told it, which proves nothing. */
function who(one) {
  const place = [one.community, one.address, one.unit].filter(Boolean).join(" ");
  const contact = [one.contact_name, one.contact_number].filter(Boolean).join(" ");
  return [place || (one.address_told ? say("inbox.told", { address: one.address_told }) : say("inbox.unknown")),
    contact && h("span", { class: "dim" }, ` · ${contact}`)];
}

/** One thing that was said: words, a place or a picture. */
export const said = (message, zone) => [
  h("span", { class: "dim when" }, moment(message.said_at, zone), " "),
  message.text && h("span", { class: "written" }, message.text),
  message.latitude !== null && h("span", { class: "dim" }, ` ${message.latitude.toFixed(5)}, ${message.longitude.toFixed(5)}`),
  message.media === "kept" && photos([{ state: "ready", path: `/api/v1/intakes/pictures/${message.id}` }]),
  message.media === "waiting" && h("span", { class: "badge" }, say("inbox.fetching")),
  message.media === "lost" && h("span", { class: "badge soon" }, say("inbox.lost")),
];

/** The first click opens the form with all that is known, the second saves it. */
function settling(desk, one, defects) {
  const note = h("input", { id: `note-${one.id}`, name: "note", maxlength: 2000, autocomplete: "off", required: true });
  function begin() {
    if (Object.keys(draft()).length && draft().intake !== one.id && !confirm(say("inbox.replaceAsk"))) return;
    keep(begun(desk, one, defects));
    desk.go({ view: "report", ticket: null, community: null });
  }
  async function dismiss(event) {
    event.preventDefault();
    event.submitter.disabled = true;
    await post(`/intakes/${one.id}/dismiss`, { note: note.value.trim() }).then(desk.again, desk.tell);
    event.submitter.disabled = false;
  }
  return h("form", { class: "bar", onsubmit: dismiss },
    h("button", { class: "main", type: "button", "aria-label": `${say("inbox.ticket")}: ${one.number}`, onclick: begin }, say("inbox.ticket")),
    h("label", { class: "note" }, say("inbox.note"), note),
    h("button", { "aria-label": `${say("inbox.dismiss")}: ${one.number}` }, say("inbox.dismiss")));
}

/** What the form of a new report begins with. */
function begun(desk, one, defects) {
  const kind = defects.find(({ code }) => code === one.defect);
  const other = language() === "zh" ? "en" : "zh";
  const place = one.messages.find(({ latitude }) => latitude !== null);
  return {
    intake: one.id,
    territory_id: one.territory_id ?? desk.territory?.id ?? "",
    community: one.community,
    address: one.address || one.address_told,
    unit: one.unit,
    contact_name: one.contact_name,
    contact_phone: "",
    defect: kind?.code ?? "",
    defect_words: kind ? `${named(kind)} · ${named(kind, "name", other)}` : "",
    description: one.messages.filter(({ kind }) => kind === "text").map(({ text }) => text).join("\n").slice(0, 4000),
    coordinates: !one.address && place ? `${place.latitude}, ${place.longitude}` : "",
  };
}

function reading(desk, one) {
  const read = (event) => ((event.target.disabled = true), post(`/intakes/${one.id}/read`).then(desk.again, desk.tell));
  return h("p", {}, h("button", { type: "button", "aria-label": `${say("inbox.read")}: ${one.number}`, onclick: read }, say("inbox.read")));
}
