import { refuse, text } from "../../../core/index.ts";
import { shorten } from "../../schema/columns.ts";
import { countTexts, inferKind, type Known, type Meaning } from "../../schema/inferKind.ts";
import { booleansOf, numbersOf, type Reading, textsOf } from "../../schema/read.ts";
import type { ColumnKind, ColumnSchema, Task } from "../../schema/schema.ts";
import { parseTruth } from "../../schema/values/truth.ts";
import type { Column } from "../../table/table.ts";

/** More classes than this are taken for a mistake. */
export const mostClasses = 1000;

interface Target {
  readonly meaning: Meaning;
  readonly task: Task;
  readonly classes?: readonly string[];
}

/** What is predicted, from the values of the target. */
export function inferTarget(column: Column, known: Known, task: Task | undefined): Target {
  const named = `the target ${shorten(column.name)}`;
  const meaning = meaningOfTarget(column, known, task);
  const { kind } = meaning;
  const reading = { ...meaning, nulls: known.nulls };
  if (kind === "date")
    throw refuse("wrong-value", "inferSchema", `${named} is a date, which cannot be predicted`, "make it a number");
  if (task === "regression" || (task === undefined && kind === "numeric" && !isZeroOne(column, reading))) {
    if (kind !== "category") return { meaning, task: "regression" };
    throw refuse(
      "wrong-value",
      "inferSchema",
      `${named} holds texts, and regression predicts numbers`,
      text`say ${{ option: "task", value: "binary" }} or "multiclass"`,
    );
  }
  const classes = classesOf(column, kind, reading);
  if (classes.length > mostClasses) {
    throw refuse(
      "wrong-value",
      "inferSchema",
      `${named} has ${classes.length} different values, and ${mostClasses} classes are the most`,
      kind === "numeric" ? text`say ${{ option: "task", value: "regression" }}` : "is it the right column?",
    );
  }
  if (task === "binary" && classes.length > 2) {
    throw refuse(
      "wrong-value",
      "inferSchema",
      `${named} has ${classes.length} classes, and binary has 2`,
      text`say ${{ option: "task", value: "multiclass" }}`,
    );
  }
  return { meaning, task: task ?? (classes.length > 2 ? "multiclass" : "binary"), classes };
}

/** Classes keep the words that the table has for them, also those for true and false. */
function meaningOfTarget(column: Column, known: Known, task: Task | undefined): Meaning {
  const { present, constant, why, ...meaning } = inferKind(column, known);
  if (meaning.kind === "text") return { ...meaning, kind: "category" };
  const isWords = meaning.kind === "boolean" && column.type === "text" && known.told === undefined;
  if (
    !isWords ||
    task === "regression" ||
    sortedTexts(column, { nulls: known.nulls }).every((word) => truthNames.includes(word))
  ) {
    return meaning;
  }
  const asWords = inferKind(column, { ...known, told: "category" });
  return { kind: asWords.kind, ...(asWords.notNull && { notNull: asWords.notNull }) };
}

/** False and true, as classes. */
const truthNames = ["false", "true"];

function isZeroOne(column: Column, reading: Reading): boolean {
  if (column.type === "text" && countTexts(column, reading).distinct > 20) return false;
  let values: Float64Array | Float32Array;
  try {
    values = numbersOf(column, reading);
  } catch {
    return false;
  }
  let [zeros, ones] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) zeros++;
    else if (values[i] === 1) ones++;
    else if (!Number.isNaN(values[i])) return false;
  }
  return zeros > 0 && ones > 0;
}

/** The classes of a target in order: false before true, numbers by size, texts by code point. */
export function classesOf(column: Column, kind: ColumnKind, reading: Reading): string[] {
  if (kind === "boolean") return truthNames;
  if (kind === "numeric") {
    const values = new Set(numbersOf(column, reading));
    return [...values]
      .filter((value) => !Number.isNaN(value))
      .sort((a, b) => a - b)
      .map(String);
  }
  return sortedTexts(column, reading);
}

/** The texts that a column holds, sorted; of some rows, if they are given. */
export function sortedTexts(column: Column, reading: Reading, rows?: Int32Array): string[] {
  const { codes, dictionary } = textsOf(column, reading, rows);
  const used = new Uint8Array(dictionary.length);
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) used[codes[i]] = 1;
  return dictionary.filter((_, code) => used[code] === 1).sort((a, b) => (a < b ? -1 : 1));
}

/**
 * Positions of the rows' classes, -1 where there is no value.
 * @throws RangeError naming the first value that is not among the classes, and its row
 */
export function classPositions(
  column: Column,
  { kind, ...reading }: Reading & Pick<ColumnSchema, "kind">,
  classes: readonly string[],
  rows?: Int32Array,
): Int32Array {
  const place = new Map(classes.map((name, i) => [name, i]));
  const unknown = (name: string, i: number) =>
    refuse(
      "wrong-value",
      "",
      `the target ${shorten(column.name)} holds ${shorten(name)} in row ${rows?.[i] ?? i}, which is ` +
        `none of its ${classes.length} classes: ` +
        `${classes.slice(0, 10).map(shorten).join(", ")}${classes.length > 10 ? ", ..." : ""}`,
      undefined,
      { column: column.name, row: rows?.[i] ?? i },
    );
  if (kind === "category") {
    const { codes, dictionary } = textsOf(column, { ...reading, notNull: classes }, rows);
    const placeOf = column.type === "boolean" ? truthPlace(place) : (name: string) => place.get(name);
    const places = dictionary.map((text) => placeOf(text) ?? -1);
    return codes.map((code, i) => {
      if (code >= 0 && places[code] < 0) throw unknown(dictionary[code], i);
      return code < 0 ? -1 : places[code];
    });
  }
  const values = kind === "boolean" ? booleansOf(column, reading, rows) : numbersOf(column, reading, rows);
  const positions = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      positions[i] = -1;
      continue;
    }
    const name = kind === "boolean" ? (values[i] === 1 ? "true" : "false") : String(values[i]);
    const at = place.get(name);
    if (at === undefined) throw unknown(name, i);
    positions[i] = at;
  }
  return positions;
}

/** The place of false and true among classes such as no and yes, where each has one word. */
function truthPlace(places: ReadonlyMap<string, number>): (name: string) => number | undefined {
  const like = (name: string) => [...places].filter(([word]) => parseTruth(word) === parseTruth(name));
  return (name) => places.get(name) ?? (like(name).length === 1 ? like(name)[0][1] : undefined);
}
