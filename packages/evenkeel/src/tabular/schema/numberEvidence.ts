import { isGrouped, type NumberFormat, numberIn, otherSign, plainNumber } from "./values/numberFormat.ts";
import { type NumberShape, shapeOf, spaces } from "./values/numberShape.ts";
import { isCurrency, isUnit } from "./values/units.ts";

/** What the different texts of a column say about how its numbers are written. */
export interface NumberEvidence {
  texts: number;
  /** How many of them are numbers in some notation. */
  numbers: number;
  /** In how many of them the point, or the comma, can only be the decimal sign. */
  readonly certain: Record<Sign, number>;
  /** In how many either may be the sign of thousands as well: 2.299; and the first of these. */
  readonly either: Record<Sign, number>;
  readonly first: Partial<Record<Sign, string>>;
  /** In how many it can only be the sign of thousands: 1.234.567; 1.234,5. */
  readonly separates: Record<Sign, number>;
  /** Whole numbers below 1000, and others without any sign of thousands. */
  small: number;
  large: number;
  /** Whole numbers of three full groups of digits and more, and how long these are. */
  grouped: number;
  readonly lengths: Set<number>;
  /** Thousands set apart by spaces, and by apostrophes. */
  spaced: number;
  quoted: number;
  /** By small letters. */
  readonly units: Map<string, { readonly unit: string; texts: number; fractions: number }>;
}

type Sign = NumberFormat["decimal"];

/** So many texts are looked at before a column is given up. */
const enoughTexts = 1000;
/** A word that is no known unit is one if so many numbers stand before it. */
const enoughOfUnit = 20;

/** Undefined if fewer than half of the texts are numbers. */
export function numberEvidence(texts: Iterable<string>): NumberEvidence | undefined {
  const evidence = noEvidence();
  for (const text of texts) {
    evidence.texts++;
    if (note(evidence, text)) evidence.numbers++;
    if (evidence.texts === enoughTexts && evidence.numbers * 2 < enoughTexts) return undefined;
  }
  if (evidence.texts === 0 || evidence.numbers * 2 < evidence.texts) return undefined;
  return areNames(evidence) ? undefined : evidence;
}

/** 555 123 456 and 192.168.100.200: digits in groups, always as many, and never a decimal. */
function areNames({ numbers, grouped, lengths }: NumberEvidence): boolean {
  return numbers > 1 && grouped === numbers && lengths.size === 1;
}

export function noEvidence(): NumberEvidence {
  const none = () => ({ ".": 0, ",": 0 });
  const counts = { texts: 0, numbers: 0, small: 0, large: 0, spaced: 0, quoted: 0, grouped: 0 };
  return {
    ...counts,
    certain: none(),
    either: none(),
    separates: none(),
    first: {},
    units: new Map(),
    lengths: new Set(),
  };
}

/** The same of numbers that stood in a file as JavaScript writes them. */
export function evidenceOfNumbers(values: Float64Array | Float32Array): NumberEvidence | undefined {
  const evidence = noEvidence();
  for (let i = 0; i < values.length && evidence.certain["."] === 0; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    evidence.texts++;
    evidence.numbers++;
    if (Number.isInteger(value)) count(evidence, Math.abs(value) < 1000);
    else note(evidence, String(value));
  }
  return evidence.texts === 0 ? undefined : evidence;
}

const threeDigits = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

/** Whether a text is a number in some notation. */
function note(evidence: NumberEvidence, text: string): boolean {
  if (plainNumber.test(text)) {
    if (!text.includes(".")) count(evidence, /^[+-]?\d{1,3}$/.test(text));
    else if (threeDigits.test(text)) noteEither(evidence, ".", text);
    else evidence.certain["."]++;
    return true;
  }
  const trimmed = text.trim();
  const shape = shapeOf(trimmed);
  if (shape === undefined) return /^[+-]?inf(?:inity)?$/i.test(trimmed);
  const { unit, core, isUnitFirst } = shape;
  // A letter before digits is a name, such as c1, unless it is a currency.
  if (isUnitFirst && unit !== undefined && !isCurrency(unit)) return false;
  if (!noteCore(evidence, shape, trimmed)) return false;
  if (unit === undefined) return true;
  const key = unit.toLowerCase();
  const known = evidence.units.get(key) ?? { unit, texts: 0, fractions: 0 };
  known.texts++;
  if (/[.,]/.test(core)) known.fractions++;
  evidence.units.set(key, known);
  return true;
}

function count(evidence: NumberEvidence, isSmall: boolean): void {
  if (isSmall) evidence.small++;
  else evidence.large++;
}

function noteEither(evidence: NumberEvidence, sign: Sign, text: string): void {
  evidence.either[sign]++;
  evidence.first[sign] ??= text;
}

function noteCore(evidence: NumberEvidence, shape: NumberShape, text: string): boolean {
  const { core, scaled } = shape;
  const { points, commas, apart } = signsIn(core);
  if (points + commas === 0) {
    noteGroups(evidence, core);
    if (apart === undefined) count(evidence, core.length < 4);
    else if (!isGrouped(core, apart)) return false;
    else if (apart === "'") evidence.quoted++;
    else evidence.spaced++;
    return true;
  }
  const last = core.lastIndexOf(".") > core.lastIndexOf(",") ? "." : ",";
  if (apart === undefined && (points === 0 || commas === 0) && isGrouped(core, last)) {
    noteGroups(evidence, core);
    if (points + commas > 1) {
      evidence.certain[otherSign(last)]++;
      evidence.separates[last]++;
    } else if (scaled) evidence.certain[last]++;
    else noteEither(evidence, last, text);
    return true;
  }
  const thousands = apart ?? (points > 0 && commas > 0 ? otherSign(last) : "");
  if (Number.isNaN(numberIn(shape, { decimal: last, thousands }))) return false;
  evidence.certain[last]++;
  if (thousands === "." || thousands === ",") evidence.separates[thousands]++;
  if (apart === "'") evidence.quoted++;
  else if (apart === " ") evidence.spaced++;
  return true;
}

/** Groups such as those of a telephone's number or an address: 555 123 456. */
const fullGroups = /^\d{3}([^\d,])\d{3}(?:\1\d{3})+$/;

function noteGroups(evidence: NumberEvidence, core: string): void {
  if (!fullGroups.test(core)) return;
  evidence.grouped++;
  evidence.lengths.add(core.length);
}

/** How often the point and the comma stand in a number, and what else sets thousands apart. */
function signsIn(core: string) {
  let [points, commas] = [0, 0];
  let apart: "'" | " " | undefined;
  for (let i = 0; i < core.length; i++) {
    const sign = core[i];
    if (sign >= "0" && sign <= "9") continue;
    if (sign === ".") points++;
    else if (sign === ",") commas++;
    else apart = spaces.includes(sign) ? " " : "'";
  }
  return { points, commas, apart };
}

/** The decimal sign that a column itself is certain of. */
export function certainSign({ certain }: NumberEvidence): Sign | undefined {
  if (certain["."] === 0 && certain[","] === 0) return undefined;
  return certain[","] > certain["."] ? "," : ".";
}

/** A decimal sign, or the first text that may be two numbers. */
type Decision = { readonly decimal: Sign } | { readonly unclear: string };

/**
 * The decimal sign of a column that is beside columns with the sign `table`. "2.299" beside 994,
 * and no number such as 1234, in a table of decimal commas is two thousand and some; so is "2,299"
 * where no other column has decimal commas. A point alone is the decimal sign.
 */
export function decimalOf(evidence: NumberEvidence, table: Sign | undefined): Decision {
  const certain = certainSign(evidence);
  if (certain !== undefined) return { decimal: certain };
  const { either, first, small, large, spaced, quoted } = evidence;
  const sign = either["."] > 0 ? "." : either[","] > 0 ? "," : undefined;
  if (sign === undefined) return { decimal: table ?? "." };
  const unclear = { unclear: first[sign] ?? "" };
  if (either["."] > 0 && either[","] > 0) return unclear;
  if (spaced + quoted > 0 || table === sign) return { decimal: sign };
  const likelyThousands = small > 0 && large === 0;
  if (sign === ".") {
    if (table === undefined) return likelyThousands ? unclear : { decimal: "." };
    return likelyThousands ? { decimal: "," } : unclear;
  }
  const isThousands = table === "." ? large === 0 : likelyThousands;
  return isThousands ? { decimal: "." } : unclear;
}

/** The sign of thousands beside a decimal sign, and whether any number has it. */
export function thousandsOf(
  { spaced, quoted, either, separates }: NumberEvidence,
  decimal: Sign,
): Pick<NumberFormat, "thousands" | "unseenThousands"> {
  if (spaced + quoted > 0) return { thousands: quoted > spaced ? "'" : " " };
  const sign = otherSign(decimal);
  return either[sign] + separates[sign] > 0 ? { thousands: sign } : { thousands: sign, unseenThousands: true };
}

/** What stands beside at least half of the numbers, if it is a unit. */
export function unitOf({ units, numbers }: NumberEvidence): string | undefined {
  let most = { unit: "", texts: 0, fractions: 0 };
  for (const one of units.values()) if (one.texts > most.texts) most = one;
  const { unit, texts, fractions } = most;
  if (texts * 2 < numbers || texts === 0) return undefined;
  return isUnit(unit) || fractions > 0 || texts > enoughOfUnit ? unit : undefined;
}
