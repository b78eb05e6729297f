import { expect, test } from "vitest";
import { filled, wrongIn } from "../src/templates/placeholders";

test("an unknown name is said where it stands, a known one is not", () => {
  expect(wrongIn("On {day} {owner}", ["day"])).toEqual([{ why: "unknown", name: "{owner}", from: 9, to: 16 }]);
  expect(wrongIn("On {day}", ["day"])).toEqual([]);
});

test("a brace that stands alone is found beside whole ones", () => {
  expect(wrongIn("{day} } {", ["day"]).map(({ why, from }) => [why, from])).toEqual([["brace", 6], ["brace", 8]]);
});

test("what is needed and what is too long is said", () => {
  expect(wrongIn("Hello", ["code"], ["code"])).toEqual([{ why: "lacks", name: "{code}", from: 0, to: 0 }]);
  expect(wrongIn(" ", []).map(({ why }) => why)).toEqual(["length"]);
  expect(wrongIn("字".repeat(500), [])).toEqual([]);
  expect(wrongIn("字".repeat(501), []).map(({ name }) => name)).toEqual(["501"]);
});

test("values are filled in once, and what has none stays", () => {
  expect(filled("{a} {b}", { a: "{b}", b: "2" })).toBe("{b} 2");
  expect(filled("{c}", {})).toBe("{c}");
});
