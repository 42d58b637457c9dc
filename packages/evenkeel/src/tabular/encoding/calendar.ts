import type { DatePart } from "./encoding.ts";

/**
 * The calendar of times in milliseconds since 1970-01-01, in UTC; by arithmetic, as millions of
 * Dates are slow.
 */

const day = 86_400_000;
/** The last that a Date can hold, in the year 275760. */
const lastTime = 8.64e15;

/**
 * The date of a day, counted from 1970-01-01 (http://howardhinnant.github.io/date_algorithms.html,
 * civil_from_days).
 */
function dateOf(days: number): { year: number; month: number; dayOfMonth: number } {
  const shifted = days + 719_468; // from 0000-03-01, so that leap days come last
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 2 : fromMarch - 10;
  return {
    year: yearOfEra + era * 400 + (month < 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** The day on which a year begins, counted from 1970-01-01. */
function firstDayOf(year: number): number {
  const before = year - 1;
  return before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 719_162;
}

interface Year {
  readonly year: number;
  /** Its first day, and how many it has. */
  readonly first: number;
  readonly days: number;
}

function yearAt(days: number): Year {
  const { year } = dateOf(days);
  const first = firstDayOf(year);
  return { year, first, days: firstDayOf(year + 1) - first };
}

const within = (time: number, { year, first, days }: Year): number => year + (time / day - first) / days;

/** 1999.5 is the middle of 1999. NaN for NaN. */
export function yearOf(time: number): number {
  return within(time, yearAt(Math.floor(time / day)));
}

/** {@link yearOf} of many times. */
export function yearsOf(times: Float64Array): Float64Array {
  const years = remembering(yearAt);
  return times.map((time) => within(time, years(Math.floor(time / day))));
}

/** The time at which it is so much of a year, to the millisecond: the inverse of {@link yearOf}. */
export function timeOf(year: number): number {
  const whole = Math.floor(year);
  const first = firstDayOf(whole);
  const time = Math.round((first + (year - whole) * (firstDayOf(whole + 1) - first)) * day);
  return Math.min(Math.max(time, -lastTime), lastTime);
}

/**
 * Where in its round a time is, from 0 to below 1: months from January, days of 366 from the first
 * of January, days from Monday, the time of the day.
 */
export function turnOf(part: DatePart, time: number): number {
  const days = Math.floor(time / day);
  switch (part) {
    case "month":
      return dateOf(days).month / 12;
    case "yearDay":
      return (days - firstDayOf(dateOf(days).year)) / 366;
    case "weekday":
      return ((((days + 3) % 7) + 7) % 7) / 7;
    case "hour":
      return (time - days * day) / day;
    default:
      return part satisfies never;
  }
}

/**
 * A function of where a time is in its round, for many times: it is called once for times that are
 * in the same place. It gets what {@link turnOf} gives.
 */
export function ofTurns<T>(part: DatePart, of: (turn: number) => T): (time: number) => T {
  const known = remembering((time) => of(turnOf(part, time)));
  if (part === "hour") return (time) => known(time - Math.floor(time / day) * day);
  return (time) => known(Math.floor(time / day) * day);
}

/** Millions of rows have few days, and few times of the day. */
const mostRemembered = 4096;

/** A function that remembers what it gave for the last few thousand numbers, the last one at hand. */
function remembering<T>(of: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  let last = Number.NaN;
  let lastValue: T | undefined;
  return (key) => {
    if (key === last) return lastValue as T;
    let value = known.get(key);
    if (value === undefined) {
      if (known.size === mostRemembered) known.clear();
      value = of(key);
      known.set(key, value);
    }
    last = key;
    lastValue = value;
    return value;
  };
}

/**
 * Which parts differ among the times: months, days of the month, times of the day. NaN is left out.
 * @param yearDay whether the day of the year is a part, which differs where months do
 */
export function partsThatVary(times: Float64Array, yearDay: boolean): DatePart[] {
  let seen: { month: number; dayOfMonth: number; hour: number } | undefined;
  let [month, weekday, hour] = [false, false, false];
  for (let i = 0; i < times.length && !(month && weekday && hour); i++) {
    if (Number.isNaN(times[i])) continue;
    const days = Math.floor(times[i] / day);
    const date = dateOf(days);
    const ofDay = times[i] - days * day;
    seen ??= { month: date.month, dayOfMonth: date.dayOfMonth, hour: ofDay };
    month ||= date.month !== seen.month;
    weekday ||= date.dayOfMonth !== seen.dayOfMonth;
    hour ||= ofDay !== seen.hour;
  }
  return [
    ...(month ? ["month" as const] : []),
    ...(month && yearDay ? ["yearDay" as const] : []),
    ...(weekday ? ["weekday" as const] : []),
    ...(hour ? ["hour" as const] : []),
  ];
}
