import { describe, expect, it } from "vitest";
import { isOperationsAnswer, isSyncAnswer, meaning } from "../src/server";
import { Refused, Unreachable } from "../src/store/errors";

const refusal = (code: string): string => JSON.stringify({ code, detail: "because" });
const sync = (changes: unknown[]): string =>
  JSON.stringify({ cursor: "7", changes, more: false, full: true, server_time: "", minimum_client: "1.0.0" });

describe("an answer", () => {
  it("is read when it is our server's", () => {
    expect(meaning(200, '{"verdicts":[{"op_id":"a","status":"applied"}],"server_time":""}', isOperationsAnswer)).toBeTruthy();
  });

  it.each(["<html>Welcome to the hotel</html>", "{}", '{"verdicts":[{"op_id":"a"}]}', '{"verdicts":{}}', ""])(
    "judges nothing when it is %s",
    (body) => {
      expect(() => meaning(200, body, isOperationsAnswer)).toThrow(Unreachable);
    },
  );

  it.each([
    [503, refusal("temporarily_unavailable")],
    [429, refusal("too_many_requests")],
    [502, "<html>Bad gateway</html>"],
    [302, ""],
  ])("of %i asks to try again", (status, body) => {
    expect(() => meaning(status, body, isOperationsAnswer)).toThrow(Unreachable);
  });

  it.each([
    [401, "device_revoked"],
    [426, "too_old_client"],
    [413, "request_too_large"],
    [400, "newer_than_this_app"],
  ])("of %i with a reason tells %s", (status, code) => {
    expect(() => meaning(status, refusal(code), isOperationsAnswer)).toThrow(
      expect.objectContaining({ reason: code, detail: "because" }) as Refused,
    );
  });
});

describe("a sync", () => {
  it("keeps kinds that it doesn't know, and takes tombstones", () => {
    const changes = [
      { key: "a", seq: 1, kind: "weather", body: 3 },
      { key: "b", seq: 2, kind: "stop", body: null },
    ];
    expect(meaning(200, sync(changes), isSyncAnswer).changes).toHaveLength(2);
  });

  it.each([
    { key: "a", seq: 1, kind: "stop", body: { visit_id: "v" } },
    { key: "a", seq: 1, kind: "route_sheet", body: {} },
    { key: "a", seq: 1, kind: "stop" },
    { key: "a", kind: "stop", body: null },
  ])("with %o can't be read, and changes nothing", (change) => {
    expect(() => meaning(200, sync([change]), isSyncAnswer)).toThrow(Unreachable);
  });
});
