/** Words in both languages, from one table, so that neither can be forgotten. */
import { createI18n } from "vue-i18n";

export type Language = "en" | "zh";

const KEPT = "doorstep.language";

/** `table` has each key's English and Chinese. */
export function wordsFrom<Key extends string>(table: Record<Key, string[]>) {
  const column = (index: 0 | 1): Record<string, string> =>
    Object.fromEntries(Object.entries<string[]>(table).map(([key, words]) => [key, words[index] ?? key]));

  const i18n = createI18n({
    legacy: false,
    flatJson: true,
    locale: chosen(),
    fallbackLocale: "en",
    messages: { en: column(0), zh: column(1) },
  });

  const language = (): Language => i18n.global.locale.value as Language;

  /** As `speak`, until the next start: for an owner who reads another language than the technician. */
  function lend(language: Language): void {
    i18n.global.locale.value = language;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }

  function speak(language: Language): void {
    keep(language);
    lend(language);
  }

  const say = (key: Key, values: Record<string, unknown> = {}): string => i18n.global.t(key, values);

  /** Of a name that comes in both languages. */
  const named = (thing: { en: string; zh: string }): string => thing[language()];

  return { i18n, language, lend, speak, say, named };
}

function chosen(): Language {
  const kept = storage()?.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function keep(language: Language): void {
  try {
    storage()?.setItem(KEPT, language);
  } catch {
    // a full or forbidden storage: the language is asked of the browser again next time
  }
}

function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
