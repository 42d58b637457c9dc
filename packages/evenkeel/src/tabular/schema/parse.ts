/**
 * What the texts of a table mean, alike whether they come from a CSV file, from JSON or from a
 * form.
 */

const nulls = new Set(["", "NA", "N/A", "n/a", "null", "None", "NaN", "nan", "?", "-", "."]);

/**
 * Whether a text says that there is no number, date or boolean: empty, NA, N/A, n/a, null, None,
 * NaN, nan, ?, - or a dot.
 */
export function isNullText(text: string): boolean {
  return nulls.has(text.trim());
}

/**
 * Whether a text says that there is no category: as a missing number, but for "None", which is one
 * (no damage, no dessert).
 */
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
