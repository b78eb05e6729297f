/** The phone's words: its own table's, and those of the contract's codes. */
import { type Language, wordsFrom } from "../../shared/words";
import { WORDS } from "./contract";
import table from "./words.json";

export type { Language };
export const { i18n, language, lend, speak, say, named } = wordsFrom(table);

/** The contract's words for a code; the code itself if it is newer than this version. */
export function wordsOf(list: keyof typeof WORDS, code: string): string {
  const known = (WORDS[list] as Record<string, { en: string; zh: string }>)[code];
  return known ? named(known) : code;
}

/** One of the contract's lists, in the order in which it is offered. */
export const choicesOf = <List extends keyof typeof WORDS>(list: List) =>
  (Object.keys(WORDS[list]) as Extract<keyof (typeof WORDS)[List], string>[]).map((code) => ({
    code,
    words: wordsOf(list, code),
  }));

/** Our own words for a reason that we know, and the server's for one that is newer than this version. */
export const reasonIn = (reason: string, detail: string): string =>
  reason in WORDS.ReasonCode ? wordsOf("ReasonCode", reason) : detail || reason;
