/** What others have just changed, to be shown where it was: by job, for a minute. */
import { ref, shallowRef } from "vue";
import { me } from "../session";
import { say } from "../words";
import { jobs, visits } from "./board";

export interface Change {
  by: string;
  /** Milliseconds since 1970. */
  at: number;
  /** With whom the visit was. */
  technician: string | undefined;
}

const SHOWN_MS = 60_000;
const TICK_MS = 1_000;

export const changes = shallowRef<ReadonlyMap<string, Change>>(new Map());
/** Goes on only while something is shown. */
export const now = ref(Date.now());
let timer = 0;

/** One's own are told at the page's foot. */
export function noteChange(told: string[], by: { id: string; name: string } | undefined, at: number): void {
  if (!by || by.id === me.value?.id) return;
  const noted = told.map((job) => [job, { by: by.name, at, technician: visits.value.get(job)?.technician_id }] as const);
  changes.value = new Map([...changes.value, ...noted]);
  timer ||= window.setInterval(tick, TICK_MS);
  tick();
}

function tick(): void {
  now.value = Date.now();
  const fresh = [...changes.value].filter(([, one]) => now.value - one.at < SHOWN_MS);
  if (fresh.length !== changes.value.size) changes.value = new Map(fresh);
  if (fresh.length) return;
  window.clearInterval(timer);
  timer = 0;
}

const seconds = (change: Change): number => Math.max(0, Math.round((now.value - change.at) / 1000));

/** As a visit says it. */
export const saidOf = (change: Change): string => say("change.short", { name: change.by, seconds: seconds(change) });

/** As a technician's row says it: the newest that touched it; empty if nothing did. */
export function saidOfRow(technician: string): string {
  const mine = [...changes.value].filter(([job, one]) => one.technician === technician || visits.value.get(job)?.technician_id === technician);
  const [job, newest] = mine.reduce<[string, Change?]>((best, one) => (one[1].at >= (best[1]?.at ?? 0) ? one : best), [""]);
  return newest ? say("change.row", { name: newest.by, ticket: jobs.value.get(job)?.ticket_number ?? "", seconds: seconds(newest) }) : "";
}
