import { answers } from "/site/triage.js";
import { named, say } from "/site/words.js";

const DEGREES = /^\s*(-?\d+(?:\.\d+)?)\s*[,，;\s]\s*(-?\d+(?:\.\d+)?)\s*$/;

/** Whether it can be read as latitude and longitude, as maps give them to be pasted. */
export const isPlace = (text) => DEGREES.test(text);

/** A form's values as the API takes them. */
export function told({ coordinates, elsewhere, caller, caller_number: _, defect_words: __, ...values }) {
  const [, latitude, longitude] = DEGREES.exec(coordinates) ?? [];
  const lines = Object.entries(values).filter(([name]) => !name.startsWith("answer."));
  const place = latitude && { latitude: Number(latitude), longitude: Number(longitude) };
  return { ...(caller && { caller }), ...Object.fromEntries(lines.map(([name, value]) => [name, value.trim()])), ...place, elsewhere: elsewhere === "yes", answers: answers(values) };
}

/** What differs from the first try, in words: [label, value] of each field. */
export function changed(desk, before, values, questions) {
  const label = (name) => {
    const question = questions.find(({ code }) => name === `answer.${code}`);
    return question ? named(question, "text") : say(`report.${name}`);
  };
  const shown = (name, value) => {
    if (name === "territory_id") return desk.territories.find((one) => one.id === value)?.name;
    return name.startsWith("answer.") || name === "elsewhere" ? say(`report.${value}`) : value;
  };
  return Object.entries(values)
    .filter(([name, value]) => !["defect", "caller", "caller_number"].includes(name) && value !== (before[name] ?? (name.startsWith("answer.") ? "unknown" : "")))
    .map(([name, value]) => [label(name), shown(name, value)]);
}
