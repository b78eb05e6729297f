/** Everything that a pointer does, by keys. They work in the timeline and the list; not while something is typed. */
import { ref } from "vue";
import { trying } from "../telling";
import { type Visit, board, jobs, visits } from "./board";
import { choose, chosen, looked, lookedVisit } from "./choice";
import { movable } from "./dragging";
import { lock, several, takeOut } from "./edits";
import { showsJob } from "./filters";
import { undo } from "./undo";

/** What is open above the board. */
export const dialog = ref<"give" | "day" | "cancel" | "help" | null>(null);

const ACTIONS: Record<string, () => unknown> = {
  ArrowRight: () => along(1),
  ArrowLeft: () => along(-1),
  ArrowDown: () => across(1),
  ArrowUp: () => across(-1),
  n: nextWaiting,
  " ": () => looked.value && choose(looked.value, true),
  g: () => looked.value && (dialog.value = "give"),
  m: () => looked.value && movable(looked.value) && (dialog.value = "day"),
  Enter: () => looked.value && (dialog.value = "give"),
  l: () => locking(),
  u: () => lookedVisit.value && trying(() => takeOut(lookedVisit.value!)),
  Delete: () => chosen.value.size && (dialog.value = "cancel"),
  Escape: () => choose(null),
  "?": () => (dialog.value = "help"),
  "/": () => document.getElementById("filter")?.focus(),
};

export function onKey(event: KeyboardEvent): void {
  const typing = (event.target as Element).closest("input, textarea, select, [contenteditable]");
  if (typing || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    void undo();
    return;
  }
  const button = (event.target as Element).closest("button, a, summary");
  const action = ACTIONS[event.key];
  if (!action || (button && [" ", "Enter"].includes(event.key))) return;
  event.preventDefault();
  action();
}

/** Locks what is chosen, or unlocks it if all of it is locked. */
export function locking(): void {
  const all = several(chosen.value);
  if (all.length) void trying(() => lock(all, !all.every((visit) => visit.locked)));
}

const inOrder = (): Visit[] =>
  [...(board.value?.live.visits ?? [])]
    .filter((visit) => jobs.value.has(visit.job_id) && showsJob(jobs.value.get(visit.job_id)!))
    .sort((a, b) => Date.parse(a.expected_start) - Date.parse(b.expected_start));

function along(step: number): void {
  const visit = lookedVisit.value;
  const mine = inOrder().filter((one) => !visit || one.technician_id === visit.technician_id);
  const index = visit ? mine.findIndex((one) => one.job_id === visit.job_id) + step : 0;
  if (mine[index]) choose(mine[index].job_id);
}

/** To the next row that has visits, nearest in time. */
function across(step: number): void {
  const visit = lookedVisit.value;
  if (!visit) return along(0);
  const rows = (board.value?.technicians ?? []).map((one) => one.id);
  const all = inOrder();
  for (let row = rows.indexOf(visit.technician_id) + step; rows[row]; row += step) {
    const there = all.filter((one) => one.technician_id === rows[row]);
    if (!there.length) continue;
    const away = (one: Visit): number => Math.abs(Date.parse(one.expected_start) - Date.parse(visit.expected_start));
    choose(there.reduce((best, one) => (away(one) < away(best) ? one : best)).job_id);
    return;
  }
}

function nextWaiting(): void {
  const waiting = (board.value?.live.waiting ?? []).map((one) => one.job_id).filter((job) => !visits.value.has(job));
  const index = looked.value ? waiting.indexOf(looked.value) : -1;
  const next = waiting[(index + 1) % waiting.length];
  if (next) choose(next);
}
