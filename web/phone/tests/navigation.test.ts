import { expect, it } from "vitest";
import { MAP_APPS, wayTo } from "../src/navigation";

const TIANANMEN = { latitude: 39.9075, longitude: 116.39123, name: "天安门 & 1" };
const PORTO = { latitude: 41.15, longitude: -8.61, name: "1 Quay Street" };

it("AMap, Apple and Google get GCJ-02 inside mainland China, a few hundred metres off", () => {
  for (const app of ["amap", "apple", "google"] as const) {
    const [longitude, latitude] = app === "amap" ? numbers(wayTo(TIANANMEN, app)) : numbers(wayTo(TIANANMEN, app)).reverse();
    expect(longitude).toBeCloseTo(116.39747, 3);
    expect(latitude).toBeCloseTo(39.9089, 3);
  }
});

it("Baidu gets its own, still further off", () => {
  const [latitude, longitude] = numbers(wayTo(TIANANMEN, "baidu"));
  expect(longitude).toBeCloseTo(116.4038, 3);
  expect(latitude).toBeCloseTo(39.9153, 3);
});

it("outside of China, the place is the place", () => {
  expect(numbers(wayTo(PORTO, "google"))).toEqual([41.15, -8.61]);
});

it("a name can't become another parameter", () => {
  for (const app of MAP_APPS) expect(new URL(wayTo(TIANANMEN, app)).search).not.toContain("& ");
  expect(new URL(wayTo(TIANANMEN, "apple")).searchParams.get("q")).toBe("天安门 & 1");
});

/** The first two numbers with six places. */
function numbers(address: string): number[] {
  return (decodeURIComponent(address).match(/-?\d+\.\d{6}/g) ?? []).slice(0, 2).map(Number);
}
