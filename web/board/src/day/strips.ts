/** What stands in the rows: each strip is a span of time of one technician, drawn by its kind. Times are wall clocks. */
import type { BoardDay, Job, Technician, Visit } from "./board";
import type { Schemas } from "../server";

export type Kind = "off" | "rest" | "visit" | "draft";

/** Milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** What is drawn with a visit, before, above or below it. */
export interface Part extends Span {
  kind: "travel" | "planned" | "promise";
  look?: string;
}

/** Two strips that are equal look alike: what has not changed is not drawn again. */
export interface Strip extends Span {
  id: string;
  technician: string;
  kind: Kind;
  job?: string;
  look?: string;
  /** Minutes against the plan. */
  late?: number;
  parts?: Part[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Less than this beside the plan is as planned. */
const AS_PLANNED_MS = 5 * MINUTE_MS;
/** A strip shorter than this could not be hit or read. */
const SHORTEST_MS = 10 * MINUTE_MS;

const time = (moment: string): number => Date.parse(moment);

/** When the visit was, or is expected: what is known beats what was planned. */
export function actual(visit: Visit): Span {
  const from = time(visit.started_at ?? visit.arrived_at ?? visit.expected_start);
  return { from, to: Math.max(from + MINUTE_MS, time(visit.finished_at ?? visit.expected_end)) };
}

/** The whole hours in which anybody works or anything happens. */
export function shown(board: BoardDay): Span {
  const moments = [
    ...board.technicians.flatMap((one) => [time(one.starts_at), time(one.ends_at)]),
    ...board.live.visits.flatMap((visit) => [actual(visit).from, actual(visit).to]),
  ];
  if (moments.length === 0) return { from: NaN, to: NaN };
  return {
    from: Math.floor(Math.min(...moments) / HOUR_MS) * HOUR_MS,
    to: Math.ceil(Math.max(...moments) / HOUR_MS) * HOUR_MS,
  };
}

export function dutyStrips(technician: Technician, day: Span): Strip[] {
  const of = (kind: Kind, name: string, from: number, to: number): Strip[] =>
    to > from ? [{ id: `${kind}-${name}-${technician.id}`, technician: technician.id, kind, from, to }] : [];
  const rests = technician.rests.length ? technician.rests : technician.rest_within ? [technician.rest_within] : [];
  return [
    ...of("off", "before", day.from, time(technician.starts_at)),
    ...of("off", "after", time(technician.ends_at), day.to),
    ...rests.flatMap((rest, index) => of("rest", String(index), time(rest.starts_at), time(rest.ends_at))),
  ];
}

export function visitStrip(visit: Visit, job: Job | undefined): Strip {
  const { from, to } = actual(visit);
  const parts: Part[] = [];
  const arrives = visit.arrived_at ? time(visit.arrived_at) : from;
  const leaves = visit.departed_at ? time(visit.departed_at) : arrives - (job?.travel_min ?? 0) * MINUTE_MS;
  if (arrives - leaves >= MINUTE_MS) parts.push({ kind: "travel", from: leaves, to: arrives });
  const planned: Part = { kind: "planned", from: time(visit.planned_start), to: time(visit.planned_end) };
  const off = Math.max(Math.abs(from - planned.from), Math.abs(to - planned.to));
  if (off >= AS_PLANNED_MS) parts.push(planned);
  if (visit.promised_from && visit.promised_to)
    parts.push({ kind: "promise", from: time(visit.promised_from), to: time(visit.promised_to), look: visit.promise_at_risk ? "risk" : "" });
  return {
    id: `visit-${visit.job_id}`,
    technician: visit.technician_id,
    kind: "visit",
    from,
    to: Math.max(to, from + SHORTEST_MS),
    job: visit.job_id,
    look: looks(visit, job),
    late: visit.late,
    parts,
  };
}

/** When on that day a job may be begun in time; null if never. */
export function windowOf(job: Job, day: Span): Span | null {
  const from = Math.max(day.from, time(job.promised_from ?? job.not_before ?? "1970-01-01"));
  const to = Math.min(day.to, time(job.promised_to ?? job.due));
  return to > from ? { from, to } : null;
}

/** The classes that a visit wears: its tier, how far it is, what is wrong with it. */
export function looks(visit: Visit, job: Job | undefined): string {
  const clocks = job ? [job.clocks.attend.state, job.clocks.repair.state] : [];
  return [
    visit.tier,
    visit.state,
    visit.locked ? "locked" : "",
    clocks.includes("missed") ? "missed" : clocks.includes("will_miss") || visit.overdue ? "will-miss" : "",
    visit.promise_at_risk ? "at-risk" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** A draft's routes: what would be, if it is published. */
export function draftStrips(routes: Schemas["RouteView"][]): Strip[] {
  return routes.flatMap((route) =>
    route.stops.map((stop): Strip => {
      const [from, arrives] = [time(stop.starts_at), time(stop.arrives_at)];
      const travel: Part = { kind: "travel", from: arrives - stop.travel_s * 1000, to: arrives };
      return {
        id: `draft-${stop.job_id}`,
        technician: route.technician_id,
        kind: "draft",
        from,
        to: Math.max(time(stop.ends_at), from + SHORTEST_MS),
        job: stop.job_id,
        look: stop.tier,
        parts: stop.travel_s >= 60 ? [travel] : [],
      };
    }),
  );
}

/** Of the shift's minutes, breaks taken off, how many are visits or drives: 0 to more than 1. */
export function load(technician: Technician, visits: Visit[], jobs: ReadonlyMap<string, Job>): number {
  const length = (from: string, to: string): number => time(to) - time(from);
  const rests = technician.rests.reduce((sum, rest) => sum + length(rest.starts_at, rest.ends_at), 0);
  const busy = visits.reduce((sum, visit) => {
    const { from, to } = actual(visit);
    return sum + (to - from) + (jobs.get(visit.job_id)?.travel_min ?? 0) * MINUTE_MS;
  }, 0);
  return busy / Math.max(HOUR_MS, length(technician.starts_at, technician.ends_at) - rests);
}
