import { expect, it } from "vitest";
import type { Move } from "../src/repairs/repairs";
import { worth } from "../src/repairs/worth";

const there = { technician_id: "t", technician: "Chen", starts_at: "2026-03-03T09:00:00Z" };
const move = (job: string, told: Partial<Move>): Move => ({
  job, ticket_number: `R-${job}`, before: there, rejected: there, accepted: there, promise: null, minutes: 12, needs: [],
  shifts: [], decided: null, ...told,
}); // prettier-ignore

it("has minutes where every visit takes place either way", () => {
  const lines = [move("a", {}), move("b", { minutes: -5 })];
  expect(worth(lines, lines)).toEqual({ saved: [], lost: [], minutes: 7 });
});

it("names the visit that would else not take place", () => {
  const line = move("a", { before: null, rejected: null, minutes: -2304 });
  expect(worth([line], [line]).saved).toEqual(["R-a"]);
});

it("names the visit that gives way", () => {
  const line = move("a", { accepted: null, minutes: 2400 });
  expect(worth([line], [line]).lost).toEqual(["R-a"]);
});

it("holds what a line takes along, and counts it once", () => {
  const needed = move("a", { rejected: null, minutes: -2304 });
  const line = move("b", { needs: ["a"], minutes: -2290 });
  expect(worth([line], [needed, line])).toEqual({ saved: ["R-a"], lost: [], minutes: -2290 });
  expect(worth([needed, line], [needed, line])).toEqual({ saved: ["R-a"], lost: [], minutes: -2290 });
});
