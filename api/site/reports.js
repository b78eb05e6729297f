import { post } from "/site/api.js";
import { h } from "/site/element.js";
import { errands } from "/site/errands.js";
import { daysAfter, today } from "/site/times.js";
import { language, say } from "/site/words.js";

/** The after-sales report as a workbook: asked for here, counted by a worker, fetched here. */
export async function reports(desk) {
  const { place, look } = errands(desk, "/reports");
  const now = today(desk.territory?.zone);
  const day = (name, value) => h("label", {}, say(`reports.${name}`), h("input", { id: `report-${name}`, name, type: "date", required: true, value }));
  const territory = h("select", { id: "report-territory" },
    h("option", { value: "" }, say("reports.all")), desk.territories.map((one) => h("option", { value: one.id }, one.name)));
  async function ask(event) {
    event.preventDefault();
    const { since, until } = Object.fromEntries(new FormData(event.target));
    await post("/reports", { since, until, territories: territory.value ? [territory.value] : [], language: language() });
    await look();
  }
  await look();
  return [
    h("p", { class: "dim" }, say("reports.intro")),
    h("form", { class: "bar", onsubmit: (event) => ask(event).catch(desk.tell) },
      day("since", daysAfter(now, -30)), day("until", now), h("label", {}, say("reports.territory"), territory),
      h("button", { id: "report-ask", class: "main" }, say("reports.ask"))),
    place,
  ];
}
