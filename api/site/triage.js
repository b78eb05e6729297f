import { h } from "/site/element.js";
import { named, say } from "/site/words.js";

const ANSWERS = ["yes", "no", "unknown"];

/** The questions that may change this defect's tier. What isn't known isn't told, and changes nothing. */
export function triage(kind, questions, kept) {
  const asked = (kind?.asks ?? []).map((code) => questions.find((question) => question.code === code));
  return asked.map((question) => {
    const name = `answer.${question.code}`;
    const choice = (value) =>
      h("label", {}, h("input", { type: "radio", id: `${name}.${value}`, name, value, checked: value === (kept[name] ?? "unknown") }),
        h("span", {}, say(`report.${value}`)));
    return h("fieldset", {}, h("legend", {}, named(question, "text")), h("div", { class: "row" }, ANSWERS.map(choice)));
  });
}

/** Of a form's values those that are answers, as the API takes them. */
export const answers = (values) =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => name.startsWith("answer.") && value !== "unknown")
      .map(([name, value]) => [name.slice("answer.".length), value === "yes"]));
