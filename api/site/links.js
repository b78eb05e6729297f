import { get, post } from "/site/api.js";
import { h } from "/site/element.js";
import { qr } from "/site/qr.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

/** The owner's link to this ticket, and the home's link to report. A link is shown once, when it is made. */
export async function links(desk, ticket, zone) {
  const kinds = [
    { name: "links.owner", hint: "links.ownerHint", code: "owner", made: `/tickets/${ticket.id}/owner-links`, revoked: (id) => `/owner-links/${id}/revoke` },
    { name: "links.home", hint: "links.homeHint", code: "home", made: `/homes/${ticket.home_id}/report-links`, revoked: (id) => `/report-links/${id}/revoke` },
  ];
  const known = await Promise.all(kinds.map(({ made }) => get(made)));
  return h("section", { class: "visit", id: "links" },
    h("h2", {}, say("links.title")),
    h("div", { class: "versions" }, kinds.map((kind, place) => h("section", {}, one(desk, kind, known[place], zone)))));
}

function one(desk, { name, hint, code, made, revoked }, known, zone) {
  const fresh = h("div", { role: "status" });
  const rows = h("ul", { class: "said-in" });
  const list = (links) => rows.replaceChildren(...links.map((link) => h("li", { class: "row" }, line(link))));
  const reload = async () => list(await get(made));
  async function make(event) {
    event.target.disabled = true;
    try {
      fresh.replaceChildren(...shown(await post(made), zone));
      fresh.querySelector("input").select();
      await reload();
    } catch (error) {
      desk.tell(error);
    }
    event.target.disabled = false;
  }
  function line(link) {
    const over = link.revoked_at ? "links.revoked" : new Date(link.expires_at) < Date.now() ? "links.over" : null;
    async function revoke(event) {
      event.target.disabled = true;
      await post(revoked(link.id)).then(() => (fresh.replaceChildren(), reload())).catch(desk.tell);
    }
    const at = moment(link.made_at, zone);
    return [
      h("span", { class: "when" }, at),
      h("span", { class: "dim" }, link.opened_at ? say("links.opened", { at: moment(link.opened_at, zone) }) : say("links.unopened")),
      over
        ? h("span", { class: "badge state" }, say(over))
        : h("button", { type: "button", class: "quiet", "aria-label": `${say("links.revoke")}: ${at}`, onclick: revoke }, say("links.revoke")),
    ];
  }
  list(known);
  return [
    h("h3", {}, say(name)),
    h("p", { class: "dim" }, say(hint)),
    h("p", {}, h("button", { type: "button", id: `make-${code}-link`, onclick: make }, say("links.make"))),
    fresh,
    rows,
  ];
}

/** The new link: to copy, to read out, to hold up to a camera. */
function shown({ url, expires_at, qr: rows }, zone) {
  const field = h("input", { readonly: true, value: url, "aria-label": say("links.new"), onfocus: () => field.select() });
  const said = h("span", { role: "status" });
  async function copy() {
    field.select();
    const done = navigator.clipboard ? await navigator.clipboard.writeText(url).then(() => true, () => false) : document.execCommand("copy");
    said.textContent = say(done ? "links.copied" : "links.copyByHand"); // the clipboard's own API needs TLS
  }
  return [
    h("p", { class: "bar" }, h("span", { class: "note" }, field), h("button", { type: "button", class: "main", onclick: copy }, say("links.copy")), said),
    qr(rows, say("links.qr")),
    h("p", { class: "dim" }, say("links.once", { at: moment(expires_at, zone) })),
  ];
}
