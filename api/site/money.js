import { language } from "/site/words.js";

const AMOUNT = /^(-?)(\d{1,7})(?:[.,](\d{1,2}))?$/;

/** Cents of what was typed, such as 120, 120.50 or -20; null for what is no amount. */
export function cents(text) {
  const [, sign, whole, part = ""] = AMOUNT.exec(text.trim().replace("−", "-")) ?? [];
  return whole === undefined ? null : (sign ? -1 : 1) * (Number(whole) * 100 + Number(part.padEnd(2, "0")));
}

export const money = (amount, currency) =>
  new Intl.NumberFormat(language() === "zh" ? "zh-CN" : "en-GB", { style: "currency", currency }).format(amount / 100);
