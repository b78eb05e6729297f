/** The day as the server told it last. Everything that the board draws follows from it. */
import { computed, shallowRef } from "vue";
import { type Schemas, get } from "../server";
import { day, territory } from "../where";
import { hours } from "../times";

export type BoardDay = Schemas["BoardDay"];
export type Visit = Schemas["LiveVisit"];
export type Job = Schemas["BoardJob"];
export type Technician = Schemas["Working"];

export const board = shallowRef<BoardDay | null>(null);
/** Milliseconds; when `board` was told. */
export const readAt = shallowRef(0);

export const jobs = computed(() => new Map((board.value?.jobs ?? []).map((job) => [job.job_id, job])));
export const visits = computed(() => new Map((board.value?.live.visits ?? []).map((visit) => [visit.job_id, visit])));
export const technicians = computed(() => new Map((board.value?.technicians ?? []).map((one) => [one.id, one])));

export const where = (): string => `/days/${territory.value!.id}/${day.value}`;

let asked = 0;

/** Reads it anew. An answer that comes after a later question's is dropped. */
export async function read(): Promise<void> {
  const mine = (asked += 1);
  const told = await get<BoardDay>(`${where()}/board`);
  if (mine !== asked) return;
  board.value = told;
  readAt.value = Date.now();
}

/** What is known of one visit before the day is read anew. */
export function showState(job: string, state: string): void {
  const told = board.value;
  if (!told) return;
  const shown = told.live.visits.map((visit) => (visit.job_id === job ? { ...visit, state } : visit));
  board.value = { ...told, live: { ...told.live, visits: shown } };
}

export function forget(): void {
  asked += 1;
  board.value = null;
}

export const numbers = computed(() => {
  const told = board.value;
  const clocks = (told?.jobs ?? []).map((job) => [job.clocks.contact.state, job.clocks.attend.state, job.clocks.repair.state]);
  const missed = clocks.filter((states) => states.includes("missed")).length;
  return {
    jobs: (told?.live.visits.length ?? 0) + (told?.live.waiting.length ?? 0),
    served: told?.live.visits.length ?? 0,
    left: told?.live.waiting.length ?? 0,
    willMiss: clocks.filter((states) => states.includes("will_miss") && !states.includes("missed")).length,
    missed,
    drive: hours((told?.jobs ?? []).reduce((sum, job) => sum + job.travel_min, 0)),
  };
});
