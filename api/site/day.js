import { get, getText, post } from "/site/api.js";
import { h } from "/site/element.js";
import { RUNNING, progress } from "/site/progress.js";
import { leftOut, sheets } from "/site/sheets.js";
import { dayName, daysAfter, duration, moment, today, weekday } from "/site/times.js";
import { say } from "/site/words.js";

/** One territory's day: choose it, plan it, look at it, publish it. */
export async function day(desk) {
  if (!desk.territory) return [h("p", { class: "notice" }, say("day.noTerritory"))];
  const { id, zone } = desk.territory;
  const newest = async () => (await get(`/plans?territory_id=${id}&limit=1`))[0]?.day;
  const on = desk.params.get("day") ?? (await newest()) ?? daysAfter(today(zone), 1);
  const plans = await get(`/plans?territory_id=${id}&day=${on}`);
  const plan = plans.find((one) => one.id === desk.params.get("plan")) ?? plans[0];
  return [controls(desk, on, plans, plan), ...(await body(desk, on, plan))];
}

async function body(desk, on, plan) {
  if (!plan) return [h("p", { class: "notice" }, say("day.none", { day: dayName(on) }))];
  if (RUNNING.includes(plan.state)) return [progress(desk, plan.id)];
  if (plan.failure) return [h("p", { class: "notice bad" }, say("day.stopped", { why: plan.failure }))];
  const [{ plan: view }, svg] = await Promise.all([get(`/plans/${plan.id}`), getText(`/plans/${plan.id}/picture.svg`)]);
  const published = plan.published_at ? say("day.published", { at: moment(plan.published_at, view.zone) }) : "";
  const link = (name, end) => h("a", { href: `/api/v1/plans/${plan.id}/${end}` }, say(`file.${name}`));
  return [
    numbers(view),
    picture(svg),
    h("p", { class: "dim row" }, published, say("day.files"),
      link("picture", "picture.svg"), link("problem", "problem"), link("solution", "solution")),
    ...plan.warnings.map((warning) => h("p", { class: "notice", lang: "en" }, warning)),
    leftOut(view),
    sheets(view),
  ];
}

/** Each choice is named as it stands in the address. */
function controls(desk, on, plans, plan) {
  const { id, zone } = desk.territory;
  const pick = (name, value) => value && desk.go({ territory: id, day: on, plan: name === "plan" ? plan?.id : null, [name]: value });
  const choice = (name, now, rows) =>
    h("label", {}, say(`day.${name}`),
      h("select", { id: name, name }, rows.map(([value, words]) => h("option", { value, selected: value === now }, words))));
  const arrow = (name, sign, days) =>
    h("button", { id: name, type: "button", "aria-label": say(`day.${name}`), onclick: () => pick("day", daysAfter(on, days)) }, sign);
  const line = ({ version, state, requested_at }) =>
    say("day.versionLine", { version, state: say(`state.${state}`), at: moment(requested_at, zone) });
  function button(name, look, disabled, action) {
    const onclick = (event) => ((event.target.disabled = true), action().catch(desk.tell).then(() => (event.target.disabled = false)));
    return h("button", { id: name, type: "button", ...look, disabled, onclick }, say(`day.${name}`));
  }
  const make = async () => desk.go({ territory: id, day: on, plan: (await post("/plans", { territory_id: id, day: on })).id });
  return h("form", { class: "bar", onsubmit: (event) => event.preventDefault(), onchange: ({ target }) => pick(target.name, target.value) },
    choice("territory", id, desk.territories.map((one) => [one.id, one.name])),
    arrow("before", "◀", -1),
    h("label", {}, `${say("day.day")} · ${weekday(on)}`, h("input", { id: "day", name: "day", type: "date", value: on })),
    arrow("after", "▶", 1),
    plan && choice("plan", plan.id, plans.map((one) => [one.id, line(one)])),
    h("span", { class: "gap" }),
    button("make", {}, RUNNING.includes(plan?.state), make),
    button("publish", { class: "main" }, plan?.state !== "draft", () => publish(desk, plan)));
}

async function publish(desk, { id, version, day }) {
  if (!confirm(say("day.publishAsk", { version, day: dayName(day) }))) return;
  await post(`/plans/${id}/publish`);
  await desk.again();
}

function numbers({ jobs, served, late, routes, travel_s }) {
  const number = (name, value, warn) => h("div", { class: warn > 0 && "warn" }, h("dt", {}, say(`sum.${name}`)), h("dd", {}, value));
  return h("dl", { class: "numbers" }, number("jobs", jobs), number("served", served), number("left", jobs - served, jobs - served),
    number("late", late, late), number("technicians", routes.length), number("driving", duration(travel_s)));
}

/** Parsed as XML and adopted, so that tooltips work; the page's own rules keep any script in it from running. */
function picture(svg) {
  const image = document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
  image.addEventListener("click", (event) => {
    const row = document.getElementById(event.target.closest("[data-ticket]")?.dataset.ticket);
    row?.closest("details")?.setAttribute("open", "");
    row?.focus();
  });
  return h("div", { class: "picture", tabindex: "0", role: "group", "aria-label": say("day.picture") }, image);
}
