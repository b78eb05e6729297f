import { get } from "/site/api.js";
import { h, table } from "/site/element.js";
import { moment } from "/site/times.js";
import { say } from "/site/words.js";

const LOOKS_AGAIN_MS = 2_000;
const LOOKS = { ready: "state", failed: "over" };

/** What was asked for at `path`, the newest first; looked at again while a worker is at one of them. */
export function errands(desk, path, told = () => "") {
  const place = h("div", { role: "status" });
  async function look() {
    const found = await get(path);
    if (!desk.here()) return;
    const zone = desk.territory?.zone;
    const rows = found.map((one) => [{}, [
      h("b", {}, one.about), [moment(one.asked_at, zone), h("div", { class: "dim" }, one.asked_by)],
      [h("span", { class: `badge ${LOOKS[one.state] ?? "soon"}` }, say(`errand.${one.state}`)), one.failure && h("p", {}, one.failure), told(one)],
      one.file && h("a", { href: `/api/v1${path}/${one.id}/file`, download: "" }, say("errands.fetch", { file: one.file })),
    ]]);
    place.replaceChildren(rows.length ? table(["errands.what", "errands.asked", "errands.state", ""], rows) : h("p", { class: "notice" }, say("errands.none")));
    if (found.some((one) => ["requested", "running"].includes(one.state))) setTimeout(() => desk.here() && look().catch(desk.tell), LOOKS_AGAIN_MS);
  }
  return { place, look };
}
