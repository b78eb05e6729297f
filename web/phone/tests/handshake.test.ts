import { expect, it } from "vitest";
import { tooOld } from "../src/handshake";

it.each([
  ["1.0.0", "1.0.0", false],
  ["1.0.0", "1.0.1", true],
  ["1.9.0", "1.10.0", true],
  ["2.0.0", "1.99.99", false],
  ["1.0.0", "soon", false],
])("%s under a minimum of %s: %s", (version, minimum, old) => {
  expect(tooOld(version, minimum)).toBe(old);
});
