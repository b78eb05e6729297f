/** The board's words. */
import { wordsFrom } from "../../shared/words";
import table from "./words.json";

export const { i18n, language, speak, say, named } = wordsFrom(table);

export type Word = keyof typeof table;

/** For a code of the server's, which may be newer than this page: its word under `stem`, else the code itself. */
export function sayCode(stem: string, code: string, values: Record<string, unknown> = {}): string {
  const key = `${stem}.${code}`;
  return key in table ? say(key as Word, values) : code;
}

/** Of a row that comes in both languages, such as name_en and name_zh. */
export const namedIn = (row: { name_en: string; name_zh: string }): string =>
  language() === "zh" ? row.name_zh : row.name_en;

/** The language as Intl knows it. */
export const locale = (): string => (language() === "zh" ? "zh-CN" : "en-GB");

export const known = (stem: string, code: string): boolean => `${stem}.${code}` in table;
