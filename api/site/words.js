const words = await (await fetch("/site/words.json")).json();

const KEPT = "doorstep.language";

export const language = () => localStorage.getItem(KEPT) ?? (navigator.language.startsWith("zh") ? "zh" : "en");

export const speak = (chosen) => localStorage.setItem(KEPT, chosen);

export const known = (key) => key in words;

/** What words.json has for the key, `{…}` filled in. A code that isn't there is shown as it is. */
export const say = (key, values = {}) =>
  (words[key]?.[language() === "zh" ? 1 : 0] ?? key.slice(key.indexOf(".") + 1)).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Which of a row's two texts to show, such as name_en and name_zh. */
export const named = (row, stem = "name", which = language()) => row[`${stem}_${which}`];
