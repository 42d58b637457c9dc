import { refuse, text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import { countTexts, inferKind } from "../schema/inferKind.ts";
import { booleansOf, numbersOf, textsOf } from "../schema/read.ts";
import type { ColumnKind, Task, ToldKind } from "../schema/schema.ts";
import type { Column } from "../table/table.ts";

/** More classes than this are taken for a mistake. */
const mostClasses = 1000;

interface Target {
  readonly kind: ColumnKind;
  readonly task: Task;
  readonly classes?: readonly string[];
}

/** What is predicted, from the values of the target. */
export function inferTarget(column: Column, told: ToldKind | undefined, task: Task | undefined): Target {
  const named = `inferSchema: the target ${shorten(column.name)}`;
  const inferred = inferKind(column, told).kind;
  const kind = inferred === "text" ? "category" : inferred;
  if (kind === "date")
    throw refuse("wrong-value", "", `${named} is a date, which cannot be predicted`, "make it a number");
  if (task === "regression" || (task === undefined && kind === "numeric" && !isZeroOne(column))) {
    if (kind !== "category") return { kind, task: "regression" };
    throw refuse(
      "wrong-value",
      "",
      `${named} holds texts, and regression predicts numbers`,
      text`say ${{ option: "task", value: "binary" }} or "multiclass"`,
    );
  }
  const classes = classesOf(column, kind);
  if (classes.length > mostClasses) {
    throw refuse(
      "wrong-value",
      "",
      `${named} has ${classes.length} different values, and ${mostClasses} classes are the most`,
      kind === "numeric" ? text`say ${{ option: "task", value: "regression" }}` : "is it the right column?",
    );
  }
  if (task === "binary" && classes.length > 2) {
    throw refuse(
      "wrong-value",
      "",
      `${named} has ${classes.length} classes, and binary has 2`,
      text`say ${{ option: "task", value: "multiclass" }}`,
    );
  }
  return { kind, task: task ?? (classes.length > 2 ? "multiclass" : "binary"), classes };
}

function isZeroOne(column: Column): boolean {
  if (column.type === "text" && countTexts(column).distinct > 20) return false;
  let values: Float64Array | Float32Array;
  try {
    values = numbersOf(column);
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
function classesOf(column: Column, kind: ColumnKind): string[] {
  if (kind === "boolean") return ["false", "true"];
  if (kind === "numeric") {
    const values = new Set(numbersOf(column));
    return [...values]
      .filter((value) => !Number.isNaN(value))
      .sort((a, b) => a - b)
      .map(String);
  }
  return usedTexts(column);
}

/** The texts that a column holds, sorted; of some rows, if they are given. */
export function usedTexts(column: Column, rows?: Int32Array): string[] {
  const { codes, dictionary } = textsOf(column, rows);
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
  kind: ColumnKind,
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
    const { codes, dictionary } = textsOf(column, rows);
    const places = dictionary.map((text) => place.get(text) ?? -1);
    return codes.map((code, i) => {
      if (code >= 0 && places[code] < 0) throw unknown(dictionary[code], i);
      return code < 0 ? -1 : places[code];
    });
  }
  const values = kind === "boolean" ? booleansOf(column, rows) : numbersOf(column, rows);
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
