/** Cents as the owner reads them. */
import { language } from "./words";

export const money = (cents: number, currency: string): string =>
  new Intl.NumberFormat(language() === "zh" ? "zh-CN" : "en-GB", { style: "currency", currency }).format(cents / 100);
