import { expect, it } from "vitest";
import { momentOn } from "../src/day/wall";

it("reads a clock in the zone where it hangs", () => {
  expect(momentOn("2026-03-03", "08:30", "Asia/Shanghai")).toBe("2026-03-03T00:30:00.000Z");
  expect(momentOn("2026-07-03", "08:30", "Europe/Lisbon")).toBe("2026-07-03T07:30:00.000Z");
});

it("knows the clocks of a day on which they change", () => {
  expect(momentOn("2026-03-29", "00:30", "Europe/Lisbon")).toBe("2026-03-29T00:30:00.000Z");
  expect(momentOn("2026-03-29", "08:30", "Europe/Lisbon")).toBe("2026-03-29T07:30:00.000Z");
});
