import { describe, expect, it } from "vitest";
import type { OutboxRow } from "../src/store/database";
import { fitting } from "../src/store/outbox";

const row = (deviceSeq: number, payload: string): OutboxRow => ({
  deviceSeq,
  opId: String(deviceSeq),
  visitId: "v",
  payload,
  state: "pending",
});

describe("a request", () => {
  it("takes what fits, in order", () => {
    const rows = [row(1, "aaaa"), row(2, "bbbb"), row(3, "c")];
    expect(fitting(rows, 10).map((one) => one.deviceSeq)).toEqual([1, 2]);
    expect(fitting(rows, 12)).toEqual(rows);
  });

  it("counts bytes, not characters", () => {
    expect(fitting([row(1, "漏水"), row(2, "漏水")], 13)).toHaveLength(1);
    expect(fitting([row(1, "漏水"), row(2, "漏水")], 14)).toHaveLength(2);
  });

  it("takes the first alone when it is too large by itself, so that the server says so", () => {
    expect(fitting([row(1, "aaaaaaaa"), row(2, "b")], 4).map((one) => one.deviceSeq)).toEqual([1]);
  });
});
