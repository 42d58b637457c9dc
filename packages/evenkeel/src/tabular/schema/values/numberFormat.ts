import { type NumberShape, shapeOf, spaces } from "./numberShape.ts";

/** How the numbers of a column are written. */
export interface NumberFormat {
  readonly decimal: "." | ",";
  /**
   * What stands between thousands, where anything does: " " is any space, "'" any apostrophe, "" is
   * nothing.
   */
  readonly thousands: "" | "," | "." | " " | "'";
  /**
   * That no number had the sign of thousands. A text in which it may be the decimal sign as well,
   * such as "3.150" among decimal commas, is then no number: {@link twoReadings} has both.
   */
  readonly unseenThousands?: true;
  /** What stands before or behind a number: "$", "%", "kg". A number may lack it. */
  readonly unit?: string;
}

export const decimals: readonly NumberFormat["decimal"][] = [".", ","];
export const thousandsSigns: readonly NumberFormat["thousands"][] = ["", ",", ".", " ", "'"];

/** How numbers are written unless something else is known: 1,234.5, and 3,150 may be either. */
export const usualFormat: NumberFormat = { decimal: ".", thousands: ",", unseenThousands: true };

/** Longer than any number. */
const longest = 400;

/** Numbers as programs write them, which mean the same in every file: 12, -1.5e3. */
export const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/**
 * Reads texts as numbers of a format; NaN for what is none: "12", "-1.5e3", "inf"; "1,234.5" or
 * "1.234,5"; "$5", "5 kg" where that is the unit; "(5)" and "5.0-" for -5; "0.66K" for 660.
 */
export function numberParser(format: NumberFormat = usualFormat): (text: string) => number {
  const unit = format.unit?.toLowerCase();
  const isPlain = format.decimal === "." ? plainNumber : wholeNumber;
  return (text) => {
    if (isPlain.test(text)) return text.length > longest ? Number.NaN : Number(text);
    if (text.length > longest) return Number.NaN;
    const trimmed = text.trim();
    const shape = shapeOf(trimmed);
    if (shape === undefined) return infinity(trimmed);
    if (shape.unit !== undefined && shape.unit.toLowerCase() !== unit) return Number.NaN;
    return numberIn(shape, format);
  };
}

const wholeNumber = /^[+-]?\d+$/;

function infinity(text: string): number {
  const found = infinite.exec(text);
  if (found === null) return Number.NaN;
  return found[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The number of a shape in a notation, its unit aside; NaN if it is none, or may be two. */
export function numberIn({ core, negative, exponent }: NumberShape, format: NumberFormat): number {
  if (format.unseenThousands && isEither(core, format)) return Number.NaN;
  const digits = digitsOf(core, format);
  if (digits === undefined) return Number.NaN;
  const value = Number(exponent === 0 ? digits : `${digits}e${exponent}`);
  return negative ? -value : value;
}

const grouped = {
  ",": /^[1-9]\d{0,2}(?:,\d{3})+$/,
  ".": /^[1-9]\d{0,2}(?:\.\d{3})+$/,
  " ": new RegExp(`^[1-9]\\d{0,2}(?:[${spaces}]\\d{3})+$`),
  "'": /^[1-9]\d{0,2}(?:['’]\d{3})+$/,
} as const;

/** Lakhs and crores, as in India: 12,34,567. */
const indian = /^[1-9]\d?(?:,\d\d)+,\d{3}$/;

/** Whether digits stand in groups of thousands. */
export function isGrouped(digits: string, sign: Exclude<NumberFormat["thousands"], "">): boolean {
  return grouped[sign].test(digits) || (sign === "," && indian.test(digits));
}

/** "1234.50" of "1.234,50"; undefined if it is no number of the format. */
function digitsOf(core: string, { decimal, thousands }: NumberFormat): string | undefined {
  if (decimal === "." && thousands === ",") {
    const point = core.indexOf(".");
    const whole = point < 0 ? core : core.slice(0, point);
    if (indian.test(whole)) core = whole.replaceAll(",", "") + core.slice(whole.length);
  }
  let [digits, from, groups, isFraction] = ["", 0, 0, false];
  for (let i = 0; i < core.length; i++) {
    const code = core.charCodeAt(i);
    if (code >= 48 && code <= 57) continue;
    if (isFraction) return undefined;
    const length = i - from;
    const isDecimal = core[i] === decimal;
    if (!isDecimal && !isThousands(core[i], thousands)) return undefined;
    if (groups > 0 && length !== 3) return undefined;
    if (!isDecimal && groups === 0 && (length < 1 || length > 3 || core[from] === "0")) return undefined;
    digits += core.slice(from, i);
    if (isDecimal) digits += ".";
    else groups++;
    isFraction = isDecimal;
    from = i + 1;
  }
  if (groups > 0 && !isFraction && core.length - from !== 3) return undefined;
  digits += core.slice(from);
  return digits === "" || digits === "." ? undefined : digits;
}

function isThousands(sign: string, thousands: NumberFormat["thousands"]): boolean {
  if (thousands === " ") return spaces.includes(sign);
  return thousands === "'" ? sign === "'" || sign === "’" : sign === thousands;
}

const oneGroup = /^[1-9]\d{0,2}([.,])\d{3}$/;

/** Whether the sign of thousands may be the decimal sign as well. */
function isEither(core: string, { thousands }: NumberFormat): boolean {
  return oneGroup.exec(core)?.[1] === thousands;
}

/** A text that is two numbers, and how each of them is written without doubt. */
export interface TwoReadings {
  /** With the sign as that of thousands, and as the decimal sign. */
  readonly values: readonly [number, number];
  readonly written: readonly [string, string];
}

/** What a text may be where no number had the sign of thousands; undefined if it is not two numbers. */
export function twoReadings(text: string, format: NumberFormat = usualFormat): TwoReadings | undefined {
  const shape = shapeOf(text.trim());
  const { decimal, thousands, unseenThousands } = format;
  if (shape === undefined || !unseenThousands || !isEither(shape.core, format)) return undefined;
  const written = ["", decimal].map((sign) => shape.core.replace(thousands, sign));
  const [whole, fraction] = written.map((core) => numberIn({ ...shape, core }, { decimal, thousands: "" }));
  return { values: [whole, fraction], written: [written[0], written[1]] };
}

/** A number in a format: "1.234,56 €". */
export function exampleOf({ decimal, thousands, unit }: NumberFormat): string {
  return `1${thousands}234${decimal}56${unit === undefined ? "" : ` ${unit}`}`;
}

/** The format that a number is written in; undefined if it is none, or does not say it. */
export function formatOf(example: string): NumberFormat | undefined {
  const shape = shapeOf(example.trim());
  if (shape === undefined) return undefined;
  const { core, unit } = shape;
  const found = notationOf(core);
  return found && { ...found, ...(unit !== undefined && { unit }) };
}

function notationOf(core: string): NumberFormat | undefined {
  const groups = decimals.find((sign) => isGrouped(core, sign));
  // Of "1.234" the point may be either sign; "1.234.567" has no decimals.
  if (groups !== undefined) return core.length > 7 ? { decimal: otherSign(groups), thousands: groups } : undefined;
  const at = Math.max(core.lastIndexOf("."), core.lastIndexOf(","));
  if (at < 0) return undefined;
  const decimal = core[at] as NumberFormat["decimal"];
  const shape = { core, negative: false, exponent: 0, scaled: false };
  const thousands = thousandsSigns.find(
    (sign) => sign !== decimal && !Number.isNaN(numberIn(shape, { decimal, thousands: sign })),
  );
  if (thousands === undefined) return undefined;
  // "12,5" has no place for a sign of thousands.
  return thousands === "" && at < 4
    ? { decimal, thousands: otherSign(decimal), unseenThousands: true }
    : { decimal, thousands };
}

/** The point for the comma, the comma for the point. */
export function otherSign(decimal: NumberFormat["decimal"]): NumberFormat["decimal"] {
  return decimal === "." ? "," : ".";
}
