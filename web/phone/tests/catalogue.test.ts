import { expect, it } from "vitest";
import { matching } from "../src/catalogue";

const CATALOGUE = [
  { code: "slow-leak", en: "Slow leak from a pipe", zh: "管道渗漏" },
  { code: "gas-smell", en: "Smell of gas", zh: "燃气异味" },
  { code: "roof-leak", en: "Leak through the roof", zh: "屋面渗漏" },
];
const found = (words: string): string[] => matching(CATALOGUE, words).map((one) => one.code);

it("finds by a part of a word in either language, whatever its case", () => {
  expect(found("LEAK")).toEqual(["slow-leak", "roof-leak"]);
  expect(found("渗漏")).toEqual(["slow-leak", "roof-leak"]);
  expect(found("燃气")).toEqual(["gas-smell"]);
});

it("wants every word, in any order, and takes none for all", () => {
  expect(found("roof leak")).toEqual(["roof-leak"]);
  expect(found("gas pipe")).toEqual([]);
  expect(found("  ")).toHaveLength(3);
});
