import { expect, it } from "vitest";
import { daysAfter, today } from "../src/dates";

it("counts days over the end of a month, of February in a leap year, and of a year", () => {
  expect(daysAfter("2026-04-30", 1)).toBe("2026-05-01");
  expect(daysAfter("2028-02-28", 1)).toBe("2028-02-29");
  expect(daysAfter("2027-01-01", -1)).toBe("2026-12-31");
});

it("knows another today at the other side of the world", () => {
  const [first, last] = [today("Pacific/Kiritimati"), today("Pacific/Pago_Pago")]; // UTC+14 and UTC-11
  expect(daysAfter(last, 1) === first || daysAfter(last, 2) === first).toBe(true);
});
