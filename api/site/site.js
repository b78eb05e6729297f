import { get, post } from "/site/api.js";
import { care } from "/site/care.js";
import { conflicts } from "/site/conflicts.js";
import { cover } from "/site/cover.js";
import { danger } from "/site/danger.js";
import { day } from "/site/day.js";
import { h } from "/site/element.js";
import { imports } from "/site/imports.js";
import { inbox } from "/site/inbox.js";
import { onCall } from "/site/on-call.js";
import { person } from "/site/person.js";
import { report } from "/site/report.js";
import { reports } from "/site/reports.js";
import { siren } from "/site/siren.js";
import { team } from "/site/team.js";
import { ticket } from "/site/ticket.js";
import { tickets } from "/site/tickets.js";
import { language, say, speak } from "/site/words.js";

/* The desk's page: plain modules that a browser runs as they are. Every word of it stands in words.json. */
const VIEWS = { day, tickets, ticket, report, team, conflicts, inbox, care, cover, danger, "on-call": onCall, reports, imports, person };
const element = (id) => document.getElementById(id);
const [main, trouble, waiting, unread, signIn, signOut, views] = ["main", "trouble", "waiting", "unread", "sign-in", "sign-out", "views"].map(element);
let me = null;
let turn = 0;
let shown = null; // what the view was given, while somebody is signed in
const listen = siren(element("siren"), () => me && shown);

/** Shows the view that the address names. What the reader chose stands there too: reload, back and a sent link lead to it. */
async function show() {
  const mine = (turn += 1);
  const params = new URLSearchParams(location.hash.slice(1));
  const view = Object.hasOwn(VIEWS, params.get("view")) ? params.get("view") : "day";
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  for (const link of views.children) {
    link.setAttribute("aria-current", link.dataset.view === view ? "page" : String(view === "ticket" && link.dataset.view === "tickets"));
    const { ticket, community, ...lasting } = Object.fromEntries(params); // these two are one page's own
    link.hash = new URLSearchParams({ ...lasting, view: link.dataset.view });
  }
  sayTrouble("");
  const focused = document.activeElement?.id;
  main.inert = true; // what is about to be replaced must not be pressed
  try {
    welcome(me ?? (await get("/me")));
    shown = await desk(params, () => mine === turn);
    listen();
    const content = await VIEWS[view](shown);
    if (mine !== turn) return;
    main.replaceChildren(h("h1", { class: "unseen" }, say(`view.${view}`)), ...content);
    main.inert = false;
    element(focused)?.focus({ preventScroll: true });
    for (const [badge, path] of [[waiting, "/conflicts/waiting"], [unread, "/intakes/waiting"]]) {
      badge.textContent = (await get(path)).count;
      badge.hidden = badge.textContent === "0";
    }
  } catch (error) {
    tell(error);
  } finally {
    if (mine === turn) main.inert = false;
  }
}

/** What every view gets. `here()` is false once the reader has gone on. */
async function desk(params, here) {
  const territories = await get("/territories");
  const territory = territories.find((one) => one.id === params.get("territory")) ?? territories[0];
  const go = (changes) => {
    for (const [name, value] of Object.entries(changes)) value ? params.set(name, value) : params.delete(name);
    location.hash = params;
  };
  return { territories, territory, params, here, go, tell, again: show };
}

/** Says what went wrong; whoever isn't signed in, or no longer, is asked to. */
function tell(error) {
  if (error.status === undefined) throw error;
  const stranger = error.code === "not_signed_in" && me === null;
  if (error.code === "not_signed_in") welcome(null);
  sayTrouble(stranger ? "" : error.message);
}

function sayTrouble(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
  if (words) trouble.scrollIntoView({ block: "nearest" });
}

function welcome(person) {
  me = person;
  if (!me) turn += 1;
  signIn.hidden = Boolean(me);
  views.hidden = signOut.hidden = main.hidden = !me;
  for (const link of views.querySelectorAll("[data-manager]")) link.hidden = me?.role !== "manager";
  element("me").textContent = me?.name ?? "";
}

function leave() {
  sessionStorage.clear(); // what an owner said is not for whoever sits here next
  location.assign("/");
}

signIn.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    welcome(await post("/sign-in", Object.fromEntries(new FormData(signIn))));
    signIn.reset();
    show();
  } catch (error) {
    sayTrouble(error.code === "not_signed_in" ? say("error.wrong") : error.message);
  }
});
signOut.addEventListener("click", () => post("/sign-out").then(leave, tell));
element("language").addEventListener("click", () => (speak(language() === "zh" ? "en" : "zh"), show()));
element("skip").addEventListener("click", (event) => (event.preventDefault(), main.focus()));
addEventListener("hashchange", show);
show();
