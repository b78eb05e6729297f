import { expect, it } from "vitest";
import type { BoardDay, Job, Technician, Visit } from "../src/day/board";
import { actual, dutyStrips, load, looks, shown, visitStrip, windowOf } from "../src/day/strips";

const at = (clock: string): string => `2026-03-03T${clock}:00Z`;
const ms = (clock: string): number => Date.parse(at(clock));
const clockAt = (state: string) => ({ state, due: at("12:00"), met_at: null, planned: null });

const visit: Visit = {
  job_id: "j", visit_id: "v", version: 1, ticket_number: "R1", technician_id: "t", technician: "Chen", position: 1,
  state: "planned", locked: false, tier: "general", planned_start: at("09:00"), planned_end: at("10:00"),
  departed_at: null, arrived_at: null, started_at: null, finished_at: null, expected_start: at("09:00"),
  expected_end: at("10:00"), late: 0, promised_from: null, promised_to: null, promise_at_risk: false, overdue: false,
}; // prettier-ignore
const job = {
  job_id: "j", tier: "general", minutes: 60, not_before: null, due: at("12:00"), promised_from: null, promised_to: null,
  travel_min: 20, clocks: { contact: clockAt("fine"), attend: clockAt("fine"), repair: clockAt("fine") },
} as unknown as Job; // prettier-ignore
const technician = {
  id: "t", starts_at: at("08:00"), ends_at: at("17:00"), rest_within: { starts_at: at("11:30"), ends_at: at("13:30") },
  rests: [{ starts_at: at("12:00"), ends_at: at("13:00") }],
} as unknown as Technician; // prettier-ignore
const day = { from: ms("07:00"), to: ms("18:00") };

it("draws what was, where it is known, and what is expected else", () => {
  expect(actual({ ...visit, expected_start: at("09:25"), expected_end: at("10:25") })).toEqual({ from: ms("09:25"), to: ms("10:25") });
  expect(actual({ ...visit, arrived_at: at("09:10"), expected_end: at("10:10") })).toEqual({ from: ms("09:10"), to: ms("10:10") });
  expect(actual({ ...visit, started_at: at("09:12"), finished_at: at("09:40") })).toEqual({ from: ms("09:12"), to: ms("09:40") });
});

it("shows the plan beside a visit only where it went otherwise", () => {
  const planned = (changes: Partial<Visit>) => visitStrip({ ...visit, ...changes }, job).parts!.filter((part) => part.kind === "planned");
  expect(planned({ expected_start: at("09:04"), expected_end: at("10:04") })).toEqual([]);
  expect(planned({ expected_start: at("09:25"), expected_end: at("10:25") })).toEqual([{ kind: "planned", from: ms("09:00"), to: ms("10:00") }]);
});

it("draws the drive before the visit: as planned, and as it was once the phone has told", () => {
  const travel = (changes: Partial<Visit>) => visitStrip({ ...visit, ...changes }, job).parts!.find((part) => part.kind === "travel");
  expect(travel({})).toEqual({ kind: "travel", from: ms("08:40"), to: ms("09:00") });
  expect(travel({ departed_at: at("08:30"), arrived_at: at("09:05") })).toEqual({ kind: "travel", from: ms("08:30"), to: ms("09:05") });
});

it("marks what is locked, late, missed and at risk by words of its own", () => {
  expect(looks(visit, job)).toBe("general planned");
  expect(looks({ ...visit, locked: true, promise_at_risk: true }, job)).toBe("general planned locked at-risk");
  const over = { ...job, clocks: { ...job.clocks, attend: clockAt("missed"), repair: clockAt("will_miss") } } as Job;
  expect(looks(visit, over)).toBe("general planned missed");
});

it("opens a job's window at what was promised, and closes it there", () => {
  expect(windowOf(job, day)).toEqual({ from: ms("07:00"), to: ms("12:00") });
  const promised = { ...job, promised_from: at("09:00"), promised_to: at("11:00") } as Job;
  expect(windowOf(promised, day)).toEqual({ from: ms("09:00"), to: ms("11:00") });
  expect(windowOf({ ...job, due: "2026-03-02T10:00:00Z" } as Job, day)).toBeNull();
});

it("greys what is outside the shift, and draws the break that was planned before the one that may be", () => {
  const strips = dutyStrips(technician, day).map(({ kind, from, to }) => [kind, from, to]);
  expect(strips).toEqual([["off", ms("07:00"), ms("08:00")], ["off", ms("17:00"), ms("18:00")], ["rest", ms("12:00"), ms("13:00")]]); // prettier-ignore
});

it("counts a shift as full when visits and drives take all of it but the breaks", () => {
  const long = { ...visit, expected_start: at("08:20"), expected_end: at("16:00") };
  expect(load(technician, [long], new Map([["j", job]]))).toBeCloseTo(1);
  expect(load(technician, [], new Map())).toBe(0);
});

it("shows whole hours from the first shift to the last, and further where a visit runs over", () => {
  const board = (visits: Visit[]) => ({ technicians: [technician], live: { visits } }) as unknown as BoardDay;
  expect(shown(board([]))).toEqual({ from: ms("08:00"), to: ms("17:00") });
  expect(shown(board([{ ...visit, expected_start: at("16:50"), expected_end: at("17:50") }])).to).toBe(ms("18:00"));
});
