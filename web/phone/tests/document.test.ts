import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ShownDocument, Stop } from "../src/contract";
import { canonical, documentHash, shown } from "../src/document";

const PAGE = readFileSync(new URL("../../../docs/mobile-contract.md", import.meta.url), "utf8");
const [, sealed, hash] = /```json\n(\{"address".*\})\n```\n\nhas the hash `([0-9a-f]{64})`/.exec(PAGE) ?? [];

it("the contract's example has the contract's hash, whatever order its fields come in", async () => {
  const document = JSON.parse(sealed ?? "") as ShownDocument;
  const backwards = Object.fromEntries(Object.entries(document).reverse()) as unknown as ShownDocument;
  expect(canonical(backwards)).toBe(sealed);
  expect(await documentHash(backwards)).toBe(hash);
});

it("a field that a newer server adds to the defect is not sealed", () => {
  const defect = { code: "leak", en: "Leak", zh: "漏水", icon: "drop" };
  const stop = { visit_id: "v", ticket_number: "T", address: "a", unit: "u", defect, description: "d" } as unknown as Stop;
  const document = shown(stop, { checklist: [], parts: [], minutes: 1, note: "" });
  expect(Object.keys(document.defect)).toEqual(["code", "en", "zh"]);
});
