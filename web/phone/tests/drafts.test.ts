import { describe, expect, it } from "vitest";
import type { Stop } from "../src/contract";
import { missingIn, workOf } from "../src/store/drafts";

const STOP = {
  checklist: [
    { code: "in-uniform", en: "In uniform", zh: "着工装", required: true },
    { code: "aired", en: "Aired", zh: "通风", required: false },
  ],
  parts: [{ code: "trap-40", en: "Trap 40 mm", zh: "存水弯 40 mm" }],
} as unknown as Stop;
const answered = (done: boolean | null) => ({
  visitId: "v",
  checklist: [
    { code: "in-uniform", done, note: "" },
    { code: "aired", done: null, note: "" },
  ],
  parts: [{ code: "trap-40", quantity: 2 }],
  minutes: 40,
  note: " 更换存水弯 ",
});

describe("a draft", () => {
  it("lacks what is required and unanswered; no is an answer", () => {
    expect(missingIn({ ...answered(null), minutes: null }, STOP)).toEqual(["checklist", "minutes"]);
    expect(missingIn(answered(false), STOP)).toEqual([]);
    expect(missingIn({ ...answered(true), minutes: 0 }, STOP)).toEqual([]);
  });

  it("becomes work without what was neither asked for nor answered", () => {
    expect(workOf({ ...answered(true), parts: [...answered(true).parts, { code: "bulb", quantity: 0 }] }, STOP)).toEqual({
      checklist: [{ code: "in-uniform", done: true, note: "" }],
      parts: [{ code: "trap-40", name: "Trap 40 mm 存水弯 40 mm", quantity: 2 }],
      minutes: 40,
      note: "更换存水弯",
    });
  });
});
