import { describe, expect, it } from "vitest";
import { LIMITS } from "../src/contract";
import { strokesOf } from "../src/signature";

describe("a signature", () => {
  it("counts in ten-thousandths of the pad's width and milliseconds from its first point", () => {
    const drawn = [[{ x: 0, y: 90, time: 5000 }, { x: 180, y: 45, time: 5010 }], [{ x: 360, y: 0, time: 5400 }]];
    expect(strokesOf(drawn, 360)).toEqual([[[0, 2500, 0], [5000, 1250, 10]], [[10000, 0, 400]]]);
  });

  it("that left the pad ends at its edge", () => {
    expect(strokesOf([[{ x: -5, y: 9999, time: 1 }, { x: 999, y: -3, time: 1e9 }]], 100)).toEqual([
      [[0, 20000, 0], [10000, 0, 3600000]],
    ]);
  });

  it("is thinned out to what the contract takes, and stays whole", () => {
    const long = Array.from({ length: 30_000 }, (_, index) => ({ x: index % 300, y: 10, time: index }));
    const strokes = strokesOf([long, long, [], [{ x: 1, y: 1, time: 99 }]], 300);
    expect(strokes).toHaveLength(3);
    expect(strokes.flat().length).toBeLessThanOrEqual(LIMITS.points);
    expect(strokes.every((stroke) => stroke.length > 0)).toBe(true);
    expect(strokes[1]?.at(-1)?.[2]).toBeGreaterThan(29_990);
  });

  it("of nothing is nothing", () => {
    expect(strokesOf([], 300)).toEqual([]);
  });
});
