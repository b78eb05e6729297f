/** The owner's words. */
import { wordsFrom } from "../../shared/words";
import table from "./words.json";

export const { i18n, language, speak, say } = wordsFrom(table);

type Code = "code_refused" | "too_many_requests" | "illegal_move" | "conflict" | "invalid";
const KNOWN: readonly string[] = ["code_refused", "too_many_requests", "illegal_move", "conflict", "invalid"];

/** For a refusal's code: a server newer than this page may have others. */
export const reasonIn = (code: string): string =>
  KNOWN.includes(code) ? say(`error.${code as Code}`) : say("error.other");
