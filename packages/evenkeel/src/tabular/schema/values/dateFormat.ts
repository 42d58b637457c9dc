import type { DateOrder } from "../schema.ts";
import { directiveLetters, patternParser } from "./datePattern.ts";
import { midnightOf, parseDate } from "./dates.ts";

/**
 * How the dates of a column are written, where that is not clear of itself: which of day and month
 * comes first, days as numbers such as 20201231, seconds or milliseconds since 1970, or a pattern
 * such as "%d.%m.%Y %H:%M".
 */
export type DateFormat = DateOrder | "yyyymmdd" | "seconds" | "milliseconds" | `${string}%${string}`;

const named = ["dmy", "mdy", "yyyymmdd", "seconds", "milliseconds"] as const;

/** What a format can be, for messages. */
export const dateFormatsText = `${named.join(", ")}, or a pattern of ${directiveLetters.join(" ")} such as %d.%m.%Y`;

export function isDateFormat(format: string): format is DateFormat {
  return (named as readonly string[]).includes(format) || (format.includes("%") && patternParser(format) !== undefined);
}

/** The largest time that a Date can hold, in milliseconds since 1970. */
export const latestTime = 8.64e15;

const number = /^[+-]?\d+(?:\.\d*)?$/;

/** Reads texts as milliseconds since 1970-01-01 UTC; NaN for what is no date of the format. */
export function dateParser(format?: DateFormat): (text: string) => number {
  switch (format) {
    case undefined:
    case "dmy":
    case "mdy":
      return (text) => parseDate(text, format);
    case "yyyymmdd":
      return (text) => (/^\s*\d+\s*$/.test(text) ? dayOf(text.trim()) : parseDate(text));
    case "seconds":
    case "milliseconds": {
      const factor = format === "seconds" ? 1000 : 1;
      return (text) => {
        const trimmed = text.trim();
        if (!number.test(trimmed)) return parseDate(text);
        const time = Number(trimmed) * factor;
        return Math.abs(time) <= latestTime ? time : Number.NaN;
      };
    }
    default:
      return patternParser(format) ?? (() => Number.NaN);
  }
}

/** The beginning of a day such as 20201231. */
function dayOf(text: string): number {
  const year = Number(text.slice(0, 4));
  if (text.length !== 8 || !(year >= 1800 && year <= 2199)) return Number.NaN;
  return midnightOf(year, Number(text.slice(4, 6)), Number(text.slice(6)));
}

/** From 1973 to 2286, in seconds; so many milliseconds are times of the same days. */
const [leastSeconds, mostSeconds] = [1e8, 1e10];

/**
 * The format of dates that are numbers: days if all are days from 1800 to 2199, seconds or
 * milliseconds since 1970 if all are from 1973 to 2286. Undefined if they are anything else.
 */
export function numberDates(numbers: Iterable<number>): "yyyymmdd" | "seconds" | "milliseconds" | undefined {
  let [any, days, seconds, milliseconds] = [false, true, true, true];
  for (const value of numbers) {
    if (Number.isNaN(value)) continue;
    any = true;
    days &&= Number.isInteger(value) && !Number.isNaN(dayOf(String(value)));
    seconds &&= value >= leastSeconds && value < mostSeconds;
    milliseconds &&= value >= 1000 * leastSeconds && value < 1000 * mostSeconds;
  }
  if (!any) return undefined;
  return days ? "yyyymmdd" : seconds ? "seconds" : milliseconds ? "milliseconds" : undefined;
}

/** The date that a format reads as the last moment of 1999, for messages. */
export function dateExample(format: DateFormat | undefined): string {
  switch (format) {
    case undefined:
      return "1999-12-31, 31 Dec 1999 or 1999-12-31T23:59";
    case "dmy":
      return "31/12/1999, the day first, 1999-12-31, 31 Dec 1999 or 1999-12-31T23:59";
    case "mdy":
      return "12/31/1999, the month first, 1999-12-31, 31 Dec 1999 or 1999-12-31T23:59";
    case "yyyymmdd":
      return "19991231";
    case "seconds":
      return "946684740, seconds since 1970";
    case "milliseconds":
      return "946684740000, milliseconds since 1970";
    default:
      return `one of ${format}`;
  }
}
