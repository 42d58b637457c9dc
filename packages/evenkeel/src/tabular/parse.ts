/** What the texts of a table mean, alike whether they come from a CSV file, from JSON or from a form. */

const nulls = new Set(["", "NA", "N/A", "n/a", "null", "None", "NaN", "nan", "?", "-", "."]);

/** Whether a text says that there is no number, date or boolean: empty, NA, N/A, n/a, null, None, NaN, nan, ?, - or a dot. */
export function isNullText(text: string): boolean {
  return nulls.has(text.trim());
}

/** Whether a text says that there is no category. "None" is one: no damage, no dessert. */
export function isNullCategory(text: string): boolean {
  return isNullText(text) && text.trim() !== "None";
}

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const grouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/** The number that a text is: "12", "-1.5e3", "1,234.5", "inf"; NaN if it is none. */
export function parseNumber(text: string): number {
  if (text.length > 400) return Number.NaN;
  const trimmed = text.trim();
  if (plain.test(trimmed)) return Number(trimmed);
  if (grouped.test(trimmed)) return Number(trimmed.replaceAll(",", ""));
  const found = infinite.exec(trimmed);
  if (found === null) return Number.NaN;
  return found[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** 0 for false, 1 for true, in any capitals; 255 for anything else. */
export function parseBoolean(text: string): number {
  if (text.length > 10) return 255;
  const lower = text.trim().toLowerCase();
  if (lower === "true") return 1;
  return lower === "false" ? 0 : 255;
}

const iso =
  /^(\d{4})([-/])(\d\d)\2(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * Milliseconds since 1970-01-01 UTC of an ISO 8601 date, with or without a time: "1999-12-31", "1999/12/31 23:59",
 * "1999-12-31T23:59:59.5+01:00". A time without a zone is UTC, so that every machine reads it alike. NaN for anything else.
 */
export function parseDate(text: string): number {
  if (text.length > 60) return Number.NaN;
  const found = iso.exec(text.trim());
  if (found === null) return Number.NaN;
  const [year, month, day] = [Number(found[1]), Number(found[3]), Number(found[4])];
  const [hour, minute, second] = [5, 6, 7].map((i) => Number(found[i] ?? 0));
  if (hour > 23 || minute > 59 || second > 60 || month < 1 || month > 12 || day < 1) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for 1900 to 1999
  if (date.getUTCDate() !== day) return Number.NaN;
  const milliseconds = Number((found[8] ?? "").padEnd(3, "0").slice(0, 3));
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - zoneOf(found[9]);
}

function zoneOf(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || zone === "UTC") return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return (zone[0] === "-" ? -minutes : minutes) * 60_000;
}
