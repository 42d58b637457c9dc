import { refuse } from "../../core/index.ts";
import { cosAndSin } from "../../core/math/portableMath.ts";
import { shorten } from "../schema/columns.ts";
import { booleansOf, datesOf, largestFloat32, numbersOf, textsOf } from "../schema/read.ts";
import type { Column } from "../table/table.ts";
import { ofTurns, yearsOf } from "./calendar.ts";
import type { CategoryEncoding, DateEncoding, Encoding, NumberInputs } from "./encoding.ts";
import { writePiecewise } from "./piecewise/bins.ts";
import { inputOf } from "./scaling/scaling.ts";

/**
 * A matrix of inputs, row by row, zeros where nothing is written, and the first of its columns that
 * is to be written.
 */
interface InputColumns {
  readonly out: Float32Array;
  /** Inputs per row. */
  readonly width: number;
  readonly at: number;
}

/**
 * Writes the inputs that a column becomes into a matrix; computed in double.
 * @throws RangeError naming the column, the value and its row if a value is not of its kind,
 *   infinite, or too large for float32
 */
export function encodeColumn(
  encoding: Encoding,
  column: Column,
  nulls: readonly string[],
  rows: Int32Array | undefined,
  place: InputColumns,
): void {
  switch (encoding.kind) {
    case "numeric": {
      const values = numbersOf(column, { nulls, numbers: encoding.numbers }, rows);
      const after = encodeNumbers(column, values, encoding, place, rows);
      if (encoding.indicator) indicate(values, { ...place, at: after });
      return;
    }
    case "boolean": {
      const values = booleansOf(column, { nulls }, rows);
      const { coding, common } = encoding;
      if (coding !== "none") {
        for (let i = 0, to = place.at; i < values.length; i++, to += place.width) {
          const value = Number.isNaN(values[i]) ? common : values[i];
          place.out[to] = coding === "signs" ? 2 * value - 1 : value;
        }
      }
      if (encoding.indicator) indicate(values, { ...place, at: coding === "none" ? place.at : place.at + 1 });
      return;
    }
    case "category": {
      const { coding } = encoding;
      const codes = categoryCodes(encoding, column, nulls, rows);
      for (let i = 0, to = place.at; i < codes.length; i++, to += place.width) {
        if (codes[i] === 0) continue;
        if (coding === "oneHot") place.out[to + codes[i] - 1] = 1;
        else if (coding === "signs") place.out[to] = codes[i] === 1 ? -1 : 1;
      }
      return;
    }
    case "date":
      encodeDate(encoding, column, nulls, rows, place);
      return;
    default:
      encoding satisfies never;
  }
}

/** @returns where the inputs behind these begin */
function encodeNumbers(
  column: Column,
  values: Float64Array | Float32Array,
  encoding: NumberInputs,
  { out, width, at }: InputColumns,
  rows: Int32Array | undefined,
): number {
  const { coding, edges, median } = encoding;
  const own = coding === "none" ? 0 : 1;
  for (let i = 0, to = at; i < values.length; i++, to += width) {
    const value = values[i];
    const input = coding === "scaled" ? inputOf(value, encoding) : signOf(value, encoding);
    if (Math.abs(value) === Number.POSITIVE_INFINITY || !(Math.abs(input) <= largestFloat32)) {
      const why = Number.isFinite(value) ? "too large for float32" : "infinite";
      throw refuse(
        "wrong-value",
        "",
        `column ${shorten(column.name)} holds ${value} in row ${rows?.[i] ?? i}, which is ${why}`,
        "correct it, or take it as missing",
        { column: column.name, row: rows?.[i] ?? i },
      );
    }
    if (own === 1) out[to] = input;
    if (edges.length > 0) writePiecewise(Number.isNaN(value) ? median : value, edges, out, to + own);
  }
  return at + own + Math.max(0, edges.length - 1);
}

/** From -1 for the smaller of two values to 1 for the larger; a missing one is the median. */
function signOf(value: number, { median, least, most }: NumberInputs): number {
  if (least === most) return 0;
  const place = (Number.isNaN(value) ? median : value) - least;
  return Math.min(1, Math.max(-1, (2 * place) / (most - least) - 1));
}

function indicate(values: Float64Array | Float32Array, { out, width, at }: InputColumns): void {
  for (let i = 0, to = at; i < values.length; i++, to += width) out[to] = Number.isNaN(values[i]) ? 1 : 0;
}

/** 1 for the first category, 0 for a text that is none and where the value is missing. */
export function categoryCodes(
  encoding: CategoryEncoding,
  column: Column,
  nulls: readonly string[],
  rows?: Int32Array,
): Int32Array {
  const { codes, dictionary } = textsOf(column, { nulls, notNull: encoding.categories }, rows);
  const place = new Map(encoding.categories.map((category, i) => [category, i + 1]));
  const places = Int32Array.from(dictionary, (text) => place.get(text) ?? 0);
  const placed = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) placed[i] = codes[i] < 0 ? 0 : places[codes[i]];
  return placed;
}

function encodeDate(
  encoding: DateEncoding,
  column: Column,
  nulls: readonly string[],
  rows: Int32Array | undefined,
  place: InputColumns,
): void {
  const times = datesOf(column, { nulls, dates: encoding.dates }, rows);
  const waves = encodeNumbers(column, yearsOf(times), encoding, place, rows);
  const { out, width } = place;
  for (const [k, part] of encoding.parts.entries()) {
    const waveOf = ofTurns(part, (turn) => cosAndSin(2 * Math.PI * turn));
    for (let i = 0, to = waves + 2 * k; i < times.length; i++, to += width) {
      if (Number.isNaN(times[i])) continue;
      const [cos, sin] = waveOf(times[i]);
      out[to] = sin;
      out[to + 1] = cos;
    }
  }
  if (encoding.indicator) indicate(times, { ...place, at: waves + 2 * encoding.parts.length });
}
