import { describe, expect, it } from "vitest";
import { Unreachable } from "../src/store/errors";
import { meaning } from "../src/tus";

const said = (more: Record<string, string> = {}): Headers => new Headers({ "Tus-Resumable": "1.0.0", ...more });

describe("an answer about a photo", () => {
  it("says how far it is and what became of it", () => {
    const headers = said({ "Upload-Offset": "300", "Photo-State": "received" });
    expect(meaning(204, headers, "")).toEqual({ offset: 300, state: "received" });
  });

  it.each([404, 409, 423])("with %i sends the phone to ask where the upload stands", (status) => {
    expect(meaning(status, said(), "")).toBe("ask again");
  });

  it("refuses for ever what is too large, and not what was damaged on the way", () => {
    expect(meaning(413, said(), "")).toBe("never");
    expect(meaning(422, said(), '{"code":"invalid"}')).toBe("never");
    expect(meaning(422, said(), '{"code":"hash_mismatch"}')).toBe("ask again");
  });

  it.each([401, 426, 429, 500, 503, 507])("with %i leaves all photos for later", (status) => {
    expect(() => meaning(status, said({ "Upload-Offset": "0" }), "")).toThrow(Unreachable);
  });

  it.each([200, 400, 404, 413])("of a portal or a proxy, %i, says nothing about the photo", (status) => {
    expect(() => meaning(status, new Headers({ "Upload-Offset": "1" }), "<html>")).toThrow(Unreachable);
  });

  it("without an offset is none", () => {
    expect(() => meaning(204, said(), "")).toThrow(Unreachable);
    expect(() => meaning(204, said({ "Upload-Offset": "-1" }), "")).toThrow(Unreachable);
  });
});
