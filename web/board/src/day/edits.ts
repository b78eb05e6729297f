/** A dispatcher's edits: each names the version that was seen, is judged by the server, and can be taken back. */
import { ref } from "vue";
import { Refused, type Schemas, post } from "../server";
import { day } from "../where";
import { tell } from "../telling";
import { at } from "../times";
import { say } from "../words";
import { type Visit, jobs, read, technicians, visits } from "./board";
import { remember } from "./undo";

type Placed = Schemas["Placed"];

/** Where a job shall go. Neither position nor start: behind all others. */
export interface There {
  technician: string;
  position?: number;
  /** As 2026-03-03T08:00:00Z. */
  start?: string;
}

/** A move that breaks rules waits here for somebody who takes it on herself. */
export interface Forbidden {
  job: string;
  there: There;
  rules: { where: string; why: string }[];
  told: string;
}

export const forbidden = ref<Forbidden | null>(null);
const number = (job: string): string => jobs.value.get(job)?.ticket_number ?? visits.value.get(job)?.ticket_number ?? "";
const name = (technician: string): string => technicians.value.get(technician)?.name ?? "";

/** Gives the job to a technician. A rule that it breaks is asked about, unless `override` says why. */
export async function give(job: string, there: There, override = ""): Promise<void> {
  const before = visits.value.get(job);
  let placed: Placed;
  try {
    placed = await place(job, there, before?.version ?? jobs.value.get(job)?.version ?? null, override);
  } catch (failure) {
    await read();
    if (!(failure instanceof Refused) || failure.code !== "move_refused" || override) throw failure;
    forbidden.value = { job, there, rules: failure.places, told: failure.detail };
    return;
  }
  forbidden.value = null;
  await read();
  remember({
    told: say("edit.given", { ticket: number(job), technician: name(there.technician), at: at(placed.starts_at) }),
    takeBack: () => (before ? putBack(before, placed.version) : unassign(job, placed.version)),
  });
}

/** Off its day and onto another one's plan, or to wait for it. What asks for a reason first, if anything does. */
export async function toAnotherDay(job: string, to: string, override = ""): Promise<Refused | null> {
  const [before, ticket] = [visits.value.get(job), number(job)];
  const from = day.value;
  const promised = Boolean(jobs.value.get(job)?.promised_from);
  const send = (there: Partial<Schemas["AnotherDay"]> & { day: string }, version: number | null): Promise<Schemas["MovedDay"]> =>
    post(`/jobs/${job}/another-day`, { ...there, ...(version === null ? {} : { version }) });
  let moved: Schemas["MovedDay"];
  try {
    moved = await send({ day: to, override }, before?.version ?? jobs.value.get(job)?.version ?? null);
  } catch (failure) {
    await read();
    if (failure instanceof Refused && failure.code === "move_refused" && !override) return failure;
    throw failure;
  }
  await read();
  const { placed } = moved;
  const told = placed ? say("day.placed", { ticket, day: to, at: at(placed.starts_at) }) : say("day.waits", { ticket, day: to });
  if (promised && override) tell(told); // what was promised is given back for good: its owner has been told
  else remember({ told, takeBack: () => comeBack(send, from, before, placed?.version ?? null) });
  return null;
}

async function comeBack(
  send: (there: { day: string; technician_id?: string; starts_at?: string }, version: number | null) => Promise<unknown>,
  from: string,
  before: Visit | undefined,
  version: number | null,
): Promise<void> {
  const there = before ? { technician_id: before.technician_id, starts_at: before.planned_start } : {};
  try {
    await send({ day: from, ...there }, version);
  } finally {
    await read();
  }
}

async function place(job: string, there: There, version: number | null, override: string): Promise<Placed> {
  const body: Schemas["Placing"] = { day: day.value, technician_id: there.technician, override };
  if (version !== null) body.version = version;
  if (there.position !== undefined) body.position = there.position;
  if (there.start !== undefined) body.starts_at = there.start;
  return post<Placed>(`/jobs/${job}/place`, body);
}

/** As it stood: with whom and when. */
async function putBack(before: Visit, version: number | null): Promise<void> {
  try {
    await place(before.job_id, { technician: before.technician_id, start: before.planned_start }, version, "");
  } finally {
    await read();
  }
}

async function unassign(job: string, version: number): Promise<void> {
  try {
    await post(`/jobs/${job}/unassign`, { version });
  } finally {
    await read();
  }
}

export async function takeOut(before: Visit): Promise<void> {
  await unassign(before.job_id, before.version);
  remember({ told: say("edit.takenOut", { ticket: before.ticket_number }), takeBack: () => putBack(before, null) });
}

export async function lock(all: Visit[], locked: boolean): Promise<void> {
  const placed = await each(all, (visit) => post<Placed>(`/jobs/${visit.job_id}/lock`, { locked, version: visit.version }));
  if (!placed.length) return;
  const takeBack = async (): Promise<void> => {
    await each(placed, ({ visit, answer }) => post(`/jobs/${visit.job_id}/lock`, { locked: !locked, version: answer.version }));
  };
  remember({ told: say(locked ? "edit.locked" : "edit.unlocked", { count: placed.length }), takeBack });
}

/** The owners called them off; that can't be taken back. */
export async function cancel(all: Visit[], reason: string): Promise<number> {
  const gone = await each(all, (visit) => post(`/jobs/${visit.job_id}/cancel`, { version: visit.version, reason }));
  return gone.length;
}

export const several = (ids: Iterable<string>): Visit[] => [...ids].flatMap((id) => visits.value.get(id) ?? []);

/** One after the other. What went well stays so; the first that didn't is told once all were tried. */
async function each<Thing, Answer>(things: Thing[], work: (thing: Thing) => Promise<Answer>): Promise<{ visit: Thing; answer: Answer }[]> {
  const done: { visit: Thing; answer: Answer }[] = [];
  let failed: unknown;
  for (const visit of things) {
    try {
      done.push({ visit, answer: await work(visit) });
    } catch (failure) {
      failed ??= failure;
    }
  }
  await read();
  if (failed && !done.length) throw failed;
  if (failed) throw new Error(say("edit.some", { done: done.length, all: things.length, why: (failed as Error).message }));
  return done;
}
