import type { DateOrder } from "../schema.ts";

/**
 * Dates as people write them. Only what can be meant in one way is taken, by the same rules on
 * every machine: `Date.parse` reads what its engine likes, in the zone of the machine.
 */

const time =
  "(?:(?:T|,? )(\\d{1,2}):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)?(?: ?([ap])\\.?m\\.?)?(?: ?(Z|UTC|GMT|[+-]\\d\\d(?::?\\d\\d)?))?)?";
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${time}$`, "i");
const dayMonthName = new RegExp(`^(\\d{1,2})([-/ ])([a-z]{3,9})\\.?\\2(\\d{4}|\\d\\d)${time}$`, "i");
const monthNameDay = new RegExp(`^([a-z]{3,9})\\.?([-/ ])(\\d{1,2})(?:, ?|\\2)(\\d{4}|\\d\\d)${time}$`, "i");
const numbersAlone = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d\\d)${time}$`, "i");
/** The months by their English names and their usual abbreviations, in small letters. */
export const months: ReadonlyMap<string, number> = new Map(
  ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"]
    .concat("december")
    .flatMap((name, i): [string, number][] => [
      [name, i + 1],
      [name.slice(0, 3), i + 1],
    ])
    .concat([["sept", 9]]),
);

/** Longer than any date. */
const longest = 60;

/**
 * Milliseconds since 1970-01-01 UTC of a date, with or without a time of day. A time without a zone
 * is UTC, so that every machine reads it alike. NaN for anything else. Years of two digits are 1969
 * to 2068, as in POSIX.
 *
 * - the year first: "1999-12-31", "1999/12/31 23:59", "1999-12-31T23:59:59.5+01:00", "1999.12.31"
 * - an English name of the month: "31 Dec 1999", "31-Dec-99", "December 31, 1999 11:59 PM"
 * - numbers alone, only with an `order`: "31/12/1999" or "31.12.99" with "dmy", "12/31/1999" with "mdy"
 */
export function parseDate(text: string, order?: DateOrder): number {
  if (text.length > longest) return Number.NaN;
  const trimmed = text.trim();
  let found = yearFirst.exec(trimmed);
  if (found !== null) return timeOf(found[1], Number(found[3]), found[4], found);
  found = dayMonthName.exec(trimmed);
  if (found !== null) return timeOf(found[4], months.get(found[3].toLowerCase()), found[1], found);
  found = monthNameDay.exec(trimmed);
  if (found !== null) return timeOf(found[4], months.get(found[1].toLowerCase()), found[3], found);
  found = order === undefined ? null : numbersAlone.exec(trimmed);
  if (found === null) return Number.NaN;
  const [day, month] = order === "dmy" ? [found[1], found[3]] : [found[3], found[1]];
  return timeOf(found[4], Number(month), day, found);
}

/** A time as a file of dates has it: the day alone where that is all there is. */
export function dateText(time: number): string {
  const text = new Date(time).toISOString();
  return time % day === 0 ? text.slice(0, 10) : text;
}

const day = 86_400_000;

/** Everything a match holds but its date stands at the same places behind it. */
function timeOf(year: string, month: number | undefined, dayText: string, match: RegExpExecArray): number {
  const [hourText, minute, second, fraction, half, zone] = match.slice(5);
  const day = Number(dayText);
  const hour = hourOf(Number(hourText ?? 0), half?.toLowerCase());
  if (month === undefined || month < 1 || month > 12 || day < 1) return Number.NaN;
  if (hour === undefined || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return Number.NaN;
  const milliseconds = Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  const seconds = (hour * 60 + Number(minute ?? 0)) * 60 + Number(second ?? 0);
  return midnightOf(yearOf(year), month, day) + seconds * 1000 + milliseconds - zoneOf(zone?.toUpperCase());
}

/** The beginning of a day in UTC; NaN if there is no such day. Months count from 1. */
export function midnightOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for 1900 to 1999
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : Number.NaN;
}

/** A year of four digits, or of two: then it is 1969 to 2068. */
export function yearOf(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return year < 69 ? 2000 + year : 1900 + year;
}

/** Undefined if there is no such hour. "12:30 AM" is half an hour after midnight. */
export function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour > 23 ? undefined : hour;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === "p" ? 12 : 0);
}

/** A zone such as Z or +01:00, in milliseconds. */
export function zoneOf(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return (zone[0] === "-" ? -minutes : minutes) * 60_000;
}

/** How the texts of a column are read as dates. */
export interface DateReading {
  /** Of those that are numbers alone. */
  readonly dateOrder?: DateOrder;
  /**
   * The first that can be read in more than one way, where nothing in the column tells in which.
   */
  readonly unclear?: string;
}

/**
 * Whether all texts are dates, and how those of numbers alone are read: the day first if some
 * number in the second place is above 12, or the month first if one in the first place is. Years of
 * two digits might be days as well: then neither is taken unless it is said. Undefined if one text
 * is no date, or no order reads all of them.
 */
export function datesIn(texts: Iterable<string>): DateReading | undefined {
  let [any, dmy, mdy, shortYears] = [false, true, true, false];
  let unclear: string | undefined;
  for (const text of texts) {
    any = true;
    if (!Number.isNaN(parseDate(text))) continue;
    const orders = ordersOf(text);
    dmy &&= orders.dmy;
    mdy &&= orders.mdy;
    if (!dmy && !mdy) return undefined;
    shortYears ||= numbersAlone.exec(text.trim())?.[4].length === 2;
    unclear ??= text;
  }
  if (!any) return undefined;
  if (unclear === undefined) return {};
  return dmy === mdy || shortYears ? { unclear } : { dateOrder: dmy ? "dmy" : "mdy" };
}

/** Whether a text is a date in some order of day and month, and in which. */
export function ordersOf(text: string): { readonly dmy: boolean; readonly mdy: boolean } {
  return { dmy: !Number.isNaN(parseDate(text, "dmy")), mdy: !Number.isNaN(parseDate(text, "mdy")) };
}
