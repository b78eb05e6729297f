import { expect, it } from "vitest";
import type { Operation, VisitState } from "../src/contract";
import { nextSteps, sayings } from "../src/steps";
import { ENDS, stateAfter } from "../src/store/optimistic";

const UNFINISHED: VisitState[] = ["planned", "travelling", "arrived", "started", "paused"];
const STATES: VisitState[] = [...UNFINISHED, "done", "no_access", "needs_another", "cancelled"];
const common = { op_id: "o", device_seq: 1, visit_id: "v", at: "2026-03-03T09:58:12+08:00" };
const KINDS = { depart: "depart", arrive: "arrive", start: "start", goOn: "start", pause: "pause" } as const;

it.each(STATES)("every step that is offered for %s moves it", (state) => {
  for (const step of nextSteps(state)) {
    if (step === "finish") continue;
    expect(stateAfter(state, [{ ...common, kind: KINDS[step], reason: "unsafe" } as Operation])).not.toBe(state);
  }
});

it.each(STATES)("every end and pause that is offered for %s is one that the contract takes", (state) => {
  for (const kind of sayings(state)) {
    if (kind === "add_note" || kind === "found_defect") continue;
    expect(stateAfter(state, [{ ...common, kind, reason: "unsafe" } as unknown as Operation])).not.toBe(state);
  }
});

it("who is at the door may say so at once, without having been on the way", () => {
  expect(nextSteps("planned")).toEqual(["depart", "arrive"]);
});

it("a note and another defect can be told of any visit, one that is over too", () => {
  for (const state of STATES) expect(sayings(state)).toEqual(expect.arrayContaining(["add_note", "found_defect"]));
  for (const state of ENDS) if (state !== "cancelled") expect(sayings(state)).toHaveLength(2);
});
