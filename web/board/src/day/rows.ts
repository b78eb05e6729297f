/** What a row's head and a visit say, as elements: hundreds of them are made at once, faster than components would be. */
import { at, hours } from "../times";
import { namedIn, say, sayCode } from "../words";
import type { Choice } from "./asking";
import type { Job, Technician, Visit } from "./board";
import type { Strip } from "./strips";

const SHAPES: Record<string, string> = { emergency: "▲", general: "●", minor: "■" };
const FULL = 0.85;

export function element(tag: string, look: string, text = "", ...within: Node[]): HTMLElement {
  const made = document.createElement(tag);
  if (look) made.className = look;
  if (text) made.textContent = text;
  made.append(...within);
  return made;
}

/** A row's head. It stays while the row stays, and is told what has changed. */
export interface Head {
  technician: string;
  box: HTMLElement;
  under: HTMLElement;
  usual: string;
  /** What somebody else has just done in it; empty as a rule. */
  news: string;
  tell: (count: number, load: number) => void;
}

export function head(technician: Technician): Head {
  const usual = technician.skills
    .filter((skill) => !skill.startsWith("cert:"))
    .map((skill) => sayCode("skill", skill))
    .join(" · ");
  const [under, bar, count] = [element("span", "under", usual), element("i", ""), element("span", "count")];
  const loaded = element("span", "load", "", bar);
  loaded.setAttribute("role", "img");
  const box = element("div", "head", "", element("span", "who", technician.name), count, under, loaded);
  under.title = usual;
  const tell = (visits: number, load: number): void => {
    const percent = say("row.load", { percent: Math.round(load * 100) });
    count.textContent = String(visits);
    bar.className = load > 1 ? "over" : load > FULL ? "full" : "";
    bar.style.width = `${Math.min(100, Math.round(load * 100))}%`;
    loaded.title = percent;
    loaded.setAttribute("aria-label", percent);
  };
  return { technician: technician.id, box, under, usual, news: "", tell };
}

/** What a move to this row would cost, or why it can't be; null: as usual. */
export function judge(head: Head, choice: Choice | null | undefined): void {
  head.box.classList.toggle("no", choice?.allowed === false);
  head.box.classList.toggle("yes", choice?.allowed === true);
  head.under.classList.toggle("news", !choice && Boolean(head.news));
  head.under.textContent = choice ? verdict(choice) : head.news || head.usual;
  head.under.title = head.under.textContent;
}

export function verdict(choice: Choice): string {
  if (!choice.allowed) return choice.reasons.map((reason) => namedReason(reason)).join(" · ");
  const parts = [say("drag.price", { minutes: signed(choice.minutes ?? 0) })];
  if (choice.promise === "moved") parts.push(say("drag.promiseMoved"));
  if (choice.promise === "broken") parts.push(say("drag.promiseBroken"));
  if (choice.at_risk.length) parts.push(say("drag.atRisk", { count: choice.at_risk.length }));
  if (choice.starts_at) parts.unshift(at(choice.starts_at));
  return parts.join(" · ");
}

export const namedReason = (reason: { en: string; zh: string }): string => namedIn({ name_en: reason.en, name_zh: reason.zh });

export const signed = (minutes: number): string => `${minutes < 0 ? "−" : "+"}${Math.abs(Math.round(minutes))}`;

/** Two lines: when and what, then where. */
export function visitWords(job: Job, visit: Visit | undefined, from: string): Node[] {
  const first = element("div", "line", "", element("span", "shape", SHAPES[job.tier] ?? "◆"), element("span", "unseen", sayCode("tier", job.tier)));
  if (visit?.locked) first.append(element("span", "lock", "🔒"), element("span", "unseen", say("visit.locked")));
  if (visit?.promised_from) first.append(element("span", "promised", "◷"), element("span", "unseen", say("visit.promised")));
  if (visit && visit.state !== "planned") first.append(element("span", "state", STATES[visit.state] ?? ""), element("span", "unseen", sayCode("state", visit.state)));
  first.append(element("span", "time", at(from)));
  if (visit && visit.late >= 5 && visit.state !== "done") first.append(element("span", "late", `+${visit.late}`));
  first.append(element("span", "", namedIn(job.defect)));
  const second = element("div", "line second", "", element("span", "", `${job.address} ${job.unit}`.trim()));
  return [element("div", "words", "", first, second)];
}

const STATES: Record<string, string> = { travelling: "➜", arrived: "⌂", started: "▶", paused: "‖", done: "✓" };

const SLOT_MS = 30 * 60_000;

/** The parts of a strip, each as long as its time: the calendar says how many pixels half an hour has. */
export function partsOf(strip: Strip): Node[] {
  const pixels = (span: number): string => `calc(var(--ec-slot-width) * ${(span / SLOT_MS).toFixed(3)})`;
  return (strip.parts ?? []).map((part) => {
    const made = element("i", `part ${part.kind} ${part.look ?? ""}`.trim());
    made.style.left = pixels(part.from - strip.from);
    made.style.width = pixels(part.to - part.from);
    return made;
  });
}

/** A visit in one sentence, for who can't see it. */
export function spokenVisit(job: Job, visit: Visit | undefined): string {
  const parts = [sayCode("tier", job.tier), namedIn(job.defect), `${job.address} ${job.unit}`.trim(), job.ticket_number];
  if (!visit) parts.push(say("work.waiting"));
  else {
    parts.push(visit.technician, at(visit.expected_start), sayCode("state", visit.state));
    if (visit.locked) parts.push(say("visit.locked"));
    if (visit.late >= 5) parts.push(say("visit.late", { time: hours(visit.late) }));
  }
  return parts.join(", ");
}
