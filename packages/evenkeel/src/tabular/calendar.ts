import type { DatePart } from "./encoding.ts";

/** The calendar of a time in milliseconds since 1970-01-01, in UTC. */

const day = 86_400_000;

/** 1999.5 is the middle of 1999. */
export function yearOf(time: number): number {
  const year = new Date(time).getUTCFullYear();
  const start = startOf(year);
  return year + (time - start) / (startOf(year + 1) - start);
}

function startOf(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** Where in its round a time is, from 0 to below 1: months from January, days from Monday, the time of the day. */
export function turnOf(part: DatePart, time: number): number {
  const date = new Date(time);
  if (part === "month") return date.getUTCMonth() / 12;
  if (part === "weekday") return ((date.getUTCDay() + 6) % 7) / 7;
  return (((time % day) + day) % day) / day;
}

/** Which parts differ among the times: months, days of the month, times of the day. NaN is left out. */
export function partsThatVary(times: Float64Array): DatePart[] {
  const seen = { month: -1, weekday: -1, hour: -1 };
  const varies = { month: false, weekday: false, hour: false };
  for (let i = 0; i < times.length; i++) {
    if (Number.isNaN(times[i])) continue;
    const date = new Date(times[i]);
    const now = { month: date.getUTCMonth(), weekday: date.getUTCDate(), hour: ((times[i] % day) + day) % day };
    for (const part of ["month", "weekday", "hour"] as const) {
      if (seen[part] >= 0 && seen[part] !== now[part]) varies[part] = true;
      seen[part] = now[part];
    }
  }
  return (["month", "weekday", "hour"] as const).filter((part) => varies[part]);
}
