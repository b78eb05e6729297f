import { afterEach, describe, expect, it, vi } from "vitest";
import { atWork } from "../src/pinging";
import { fixOf, forgetPlace, freshFix, locate } from "../src/place";

const NOW = Date.parse("2026-03-03T10:00:00+08:00");
const SHEET = { leaves_at: "2026-03-03T08:00:00+08:00", returns_at: "2026-03-03T17:00:00+08:00" };

afterEach(() => {
  forgetPlace();
  vi.unstubAllGlobals();
});

describe("a place", () => {
  it("keeps to the contract's bounds, whatever the phone says of itself", () => {
    const given = { latitude: 39.123456789, longitude: -8.6, accuracy: 5e9 };
    expect(fixOf(given, NOW)).toEqual({ latitude: 39.12346, longitude: -8.6, accuracy_m: 100_000, at: NOW });
    expect(fixOf({ ...given, accuracy: Number.NaN }, NOW).accuracy_m).toBe(0);
  });

  it("goes with a record for five minutes, and no longer", async () => {
    const coords = { latitude: 39.9, longitude: 116.4, accuracy: 12 };
    const getCurrentPosition = (found: (at: object) => void): void => found({ coords });
    vi.stubGlobal("navigator", { geolocation: { getCurrentPosition } });
    expect(freshFix()).toBeNull();
    const fix = await locate();
    expect(freshFix(fix!.at + 4 * 60_000)).toBe(fix);
    expect(freshFix(fix!.at + 6 * 60_000)).toBeNull();
    forgetPlace();
    expect(freshFix(fix!.at)).toBeNull();
  });
});

describe("a technician is at work", () => {
  it("from leaving until coming back", () => {
    expect(atWork([SHEET], [], NOW)).toBe(true);
    expect(atWork([SHEET], ["planned"], Date.parse("2026-03-03T07:59:59+08:00"))).toBe(false);
    expect(atWork([SHEET], ["done"], Date.parse("2026-03-03T17:00:01+08:00"))).toBe(false);
    expect(atWork([], [], NOW)).toBe(false);
  });

  it("and as long as a visit is under way", () => {
    expect(atWork([SHEET], ["done", "started"], Date.parse("2026-03-03T19:00:00+08:00"))).toBe(true);
  });
});
