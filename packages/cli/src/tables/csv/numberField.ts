/**
 * A number as a field has it, in a form from which the very text can be had again.
 */

/** Forms up to this one are plain decimals with so many digits behind the point: "1.10" has two. */
const mostDecimals = 22;
/** The text is what `String` gives of the value, with more digits or an exponent: "1e-7". */
export const shortest = 100;
/** Not such a number: nothing, or another text. */
export const missing = 254;
export const other = 255;

const powers = Float64Array.from({ length: mostDecimals + 1 }, (_, i) => Number(`1e${i}`));
/** Whole numbers below this times a power of ten above are exact, and so is their quotient. */
const fifteenDigits = 1e15;

/** What `readNumber` found beside the value. */
export const found = {
  form: other,
  /** Whether `String` of the value gives the text. */
  canonical: false,
};

/**
 * The number that stands between two positions, its form in `found`: `other` where the text could
 * not be had again from value and form.
 *
 * @param loose whether the text of a number with a point need not be had again
 */
export function readNumber(bytes: Uint8Array, start: number, end: number, loose = false): number {
  found.form = other;
  let i = start;
  const negative = bytes[i] === 0x2d;
  if (negative) i++;
  // Letters are most common among what is no number.
  const first = i < end ? bytes[i] - 0x30 : 10;
  if (first < 0 || first > 9) return 0;
  if (first === 0 && i + 1 < end && bytes[i + 1] !== 0x2e) return 0;
  let whole = 0;
  let point = -1;
  let last = first;
  for (; i < end; i++) {
    const digit = bytes[i] - 0x30;
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit;
      last = digit;
    } else if (digit === -2 && point < 0) point = i;
    else return byText(bytes, start, end, loose);
  }
  const decimals = point < 0 ? 0 : end - point - 1;
  if (whole >= fifteenDigits || decimals > mostDecimals) return byText(bytes, start, end, loose);
  if ((point >= 0 && decimals === 0) || (negative && whole === 0)) return 0;
  const value = decimals === 0 ? whole : whole / powers[decimals];
  found.form = decimals;
  found.canonical = decimals === 0 || (last !== 0 && value >= 1e-6);
  return negative ? -value : value;
}

function byText(bytes: Uint8Array, start: number, end: number, loose: boolean): number {
  // Most that String gives has 24 characters: -1.2345678901234567e-100.
  if (end - start > (loose ? 100 : 24)) return 0;
  const text = String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  const value = Number(text);
  if (loose && text.includes(".")) {
    if (Number.isNaN(value)) return 0;
  } else if (String(value) !== text || !isExact(value)) return 0;
  found.form = shortest;
  found.canonical = true;
  return value;
}

/** Beyond 2^53 a double stands for several whole numbers, though it has a shortest text. */
function isExact(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER || Math.abs(value) >= 1e21;
}

/** What the points in a column's numbers can be, as far as it was read. */
export type Points =
  /** There are none. */
  | "none"
  /** Each may be a sign of thousands as well: "2.300" must not become 2.3. */
  | "unclear"
  /** Some can only be the decimal sign. */
  | "decimal";

/** The same with one number more. */
export function withPoint(points: Points, value: number, form: number): Points {
  if (points === "decimal" || form === 0 || form === missing || form === other) return points;
  const size = Math.abs(value);
  if (form === shortest) return Number.isInteger(size) ? points : "decimal";
  return form === 3 && size >= 1 && size < 1000 ? "unclear" : "decimal";
}

/** The text of a number that was read. */
export function numberText(value: number, form: number): string {
  return form === shortest ? String(value) : value.toFixed(form);
}
