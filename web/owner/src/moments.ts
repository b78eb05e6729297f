/** Days and times as the owner reads them: on the site's clock, the weekday always shown. */
import { dateIn, day, span } from "../../shared/times";
import { language } from "./words";

export const dayOf = (moment: string, zone: string): string => day(dateIn(moment, zone), locale());
export const dateWords = (date: string): string => day(date, locale());
/** On one line: word joiners around the dash. */
export const spanOf = (from: string, to: string, zone: string): string => span(from, to, zone).replace("–", "\u2060–\u2060");

/** With its year: a certificate's, or the end of a watch. */
export const yearWords = (date: string): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" }).format(
    new Date(`${date}T00:00:00Z`),
  );

const locale = (): string => (language() === "zh" ? "zh-CN" : "en-GB");
