import { get, post } from "/site/api.js";
import { h, list, table } from "/site/element.js";
import { dayName } from "/site/times.js";
import { named, say } from "/site/words.js";

/** Homes whose cover ends soon, by element and article; an inspection is offered once, by night or by this button. */
export async function cover(desk) {
  const { homes, more } = await get("/expiring-cover");
  const file = (kind) => h("a", { href: `/api/v1/expiring-cover/table?kind=${kind}`, download: "" }, say(`cover.${kind}`));
  return [
    h("p", { class: "dim" }, say("cover.intro")),
    h("p", { class: "bar" }, file("csv"), file("xlsx")),
    homes.length
      ? table(["cover.home", "cover.elements", ""], homes.map((one) => [{}, [one.home, h("ul", {}, one.endings.map(element)), offering(desk, one)]]))
      : h("p", { class: "notice" }, say("cover.none")),
    more > 0 && h("p", { class: "notice" }, say("cover.more", { count: more })),
  ].filter(Boolean);
}

const element = (one) =>
  h("li", {}, h("b", {}, dayName(one.until)), " ", named(one), " ", h("span", { class: "dim" }, say(`payer.${one.payer}`), " · ", list(one.articles)));

function offering(desk, { home_id, home, endings }) {
  if (endings.every((one) => one.offered_at)) return h("span", { class: "dim" }, say("cover.offered"));
  const offer = async (event) => {
    event.target.disabled = true;
    await post(`/homes/${home_id}/inspection-offer`).then(desk.again, desk.tell);
    event.target.disabled = false;
  };
  return h("button", { "aria-label": `${say("cover.offer")}: ${home}`, onclick: offer }, say("cover.offer"));
}
