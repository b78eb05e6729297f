/** From the pad's pixels to the wire's strokes: ten-thousandths of the pad's width, milliseconds from the first point. */
import { LIMITS, type Stroke } from "./contract";

export interface DrawnPoint {
  x: number;
  y: number;
  time: number;
}

const MAX_Y = 20_000;
const MAX_MS = 3_600_000;

/** Thinned out if there is more than the contract takes, so that a long signature is still the whole signature. */
export function strokesOf(drawn: DrawnPoint[][], padWidth: number): Stroke[] {
  const began = drawn[0]?.[0]?.time ?? 0;
  const total = drawn.reduce((sum, points) => sum + points.length, 0);
  const every = Math.ceil(total / (LIMITS.points - LIMITS.strokes));
  return drawn
    .filter((points) => points.length > 0)
    .slice(0, LIMITS.strokes)
    .map((points) =>
      points
        .filter((_, index) => index % every === 0)
        .map(({ x, y, time }): [number, number, number] => [
          within(0, (x / padWidth) * 10_000, 10_000),
          within(0, (y / padWidth) * 10_000, MAX_Y),
          within(0, time - began, MAX_MS),
        ]),
    );
}

const within = (least: number, value: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(value)));
