import { describe, expect, it } from "vitest";
import type { Operation, VisitState } from "../src/contract";
import { acceptedAfter, stateAfter } from "../src/store/optimistic";

const common = { op_id: "o", device_seq: 1, visit_id: "v", at: "2026-03-03T09:58:12+08:00" };
const work = { checklist: [], parts: [], minutes: 40, note: "" };
const refused = { ...work, witness_name: "李强", document_hash: "0".repeat(64) };
const signed = { signer_name: "Li", strokes: [], document_hash: "" };

/** As in tests/mobile_contract/test_phone_sheet.py: R is a sign-off that refuses, F and D are refused signatures. */
const SAID: Record<string, Operation> = {
  O: { kind: "depart", ...common },
  A: { kind: "arrive", ...common },
  S: { kind: "start", ...common },
  P: { kind: "pause", ...common, reason: "unsafe" },
  C: { kind: "complete", ...common, ...work, sign_off: signed },
  R: { kind: "complete", ...common, ...work, sign_off: { ...signed, accepted: false } },
  F: { kind: "refuse", ...common, ...refused, reason: "payment" },
  D: { kind: "refuse", ...common, ...refused, reason: "not_repaired" },
  N: { kind: "no_access", ...common, reason: "no_key" },
  M: { kind: "another_visit", ...common, reason: "more_time", done: "", needed: "" },
  K: { kind: "accept", ...common },
  "+": { kind: "add_note", ...common, text: "试水正常" },
  U: { kind: "use_part", ...common, code: "trap-40", name: "存水弯", quantity: 1 },
  "!": { kind: "found_defect", ...common, defect: "leak", description: "" },
};
const said = (letters: string): Operation[] => [...letters].map((letter) => SAID[letter]!);

describe("the state that is shown", () => {
  it.each<[VisitState, string, VisitState]>([
    ["planned", "", "planned"],
    ["planned", "K+!U", "planned"],
    ["planned", "O", "travelling"],
    ["planned", "AO", "arrived"],
    ["planned", "A", "arrived"],
    ["travelling", "A", "arrived"],
    ["started", "A", "started"],
    ["planned", "S", "started"],
    ["paused", "S", "started"],
    ["paused", "A", "paused"],
    ["planned", "OASP", "paused"],
    ["planned", "OASPS", "started"],
    ["arrived", "P", "paused"],
    ["planned", "P", "planned"],
    ["planned", "ASC", "done"],
    ["started", "R", "needs_another"],
    ["started", "F", "done"],
    ["started", "D", "needs_another"],
    ["paused", "M", "needs_another"],
    ["started", "UM", "needs_another"],
    ["planned", "N", "no_access"],
    ["arrived", "NC", "no_access"],
    ["started", "CR", "done"],
    ["cancelled", "OASP", "cancelled"],
    ["cancelled", "ASC", "done"],
    ["cancelled", "N", "no_access"],
    ["done", "ASR", "done"],
    ["no_access", "C", "no_access"],
  ])("from %s by %s is %s", (synced, letters, shown) => {
    expect(stateAfter(synced, said(letters))).toBe(shown);
  });
});

it("a visit is accepted once it was, by the server's word or the technician's own", () => {
  expect(acceptedAfter(false, said("+A"))).toBe(false);
  expect(acceptedAfter(false, said("OK"))).toBe(true);
  expect(acceptedAfter(true, [])).toBe(true);
});
