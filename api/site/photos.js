import { h } from "/site/element.js";
import { say } from "/site/words.js";

/** Thumbnails of a fact's photos; a press shows the whole picture. What isn't here yet, or can't be shown, says so. */
export const photos = (all) => h("ul", { class: "photos" }, all.map((one) => h("li", {}, one.state === "ready" ? thumbnail(one) : missing(one), caption(one))));

const words = (one) => [one.shows && say(`shows.${one.shows}`), one.caption].filter(Boolean).join(" · ");

const pathOf = (one) => one.path ?? `/api/v1/photos/${one.sha256}`;

const caption = (one) => words(one) && h("div", { class: "dim" }, words(one));

const missing = ({ state }) => h("div", { class: "no-photo" }, say(`photo.${state ?? "none"}`));

function thumbnail(one) {
  const image = h("img", { src: `${pathOf(one)}/thumbnail`, alt: words(one) || say("fact.photo"), loading: "lazy" });
  return h("button", { class: "photo", type: "button", onclick: () => whole(one) }, image);
}

/** Escape or any press closes it; the focus goes back to the thumbnail. */
function whole(one) {
  const shown = h("dialog", { "aria-label": words(one) || say("fact.photo"), onclose: () => shown.remove(), onclick: () => shown.close() },
    h("img", { src: pathOf(one), alt: words(one) || say("fact.photo") }),
    h("p", { class: "row" }, h("button", { type: "button" }, say("fact.close")), words(one)));
  document.body.append(shown);
  shown.showModal();
}
