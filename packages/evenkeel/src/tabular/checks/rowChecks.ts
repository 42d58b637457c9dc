import { text } from "../../core/index.ts";
import { columnOf, shorten } from "../schema/columns.ts";
import { numbersOf } from "../schema/read.ts";
import { type ColumnReading, readingOf, type Schema } from "../schema/schema.ts";
import { type copiesIn, firstEqual } from "../table/copies.ts";
import { cellsOf, hashRows, isMissing } from "../table/rowHashes.ts";
import type { Column, Table } from "../table/table.ts";
import { type Finding, finding } from "./findings.ts";
import type { Values } from "./leak.ts";

/** Rows that repeat others, which `splitRows` keeps in one part. */
export function checkCopies(
  table: Table,
  schema: Schema,
  withTarget: Int32Array,
  findCopies: typeof copiesIn,
): Finding[] {
  const copies = findCopies(table, schema, withTarget);
  if (copies === undefined) return [];
  const { repeated, originals, firstOf } = copies;
  const row = withTarget[firstOf.findIndex((first, i) => first !== i)];
  const statement =
    `${repeated} of ${withTarget.length} rows are copies of ${originals === 1 ? "another one" : `${originals} others`}, ` +
    `with the same features and target, first row ${row}: a random split keeps them in one part`;
  return [finding("warning", "copies", statement, "leave them out if they were not measured anew", { row })];
}

/** What a row of a sheet is called that adds up the others, or is their mean. */
const totalWord =
  /^(?:(?:grand|sub)[ -]?)?(?:totals?|sums?)$|^total g[ée]n[ée]ral$|^(?:overall|average|mean|mittelwert)$|^(?:gesamt(?:summe|ergebnis)?|summe|insgesamt|totaal|totale|somme|suma)$/i;

/** Whether a text is what the row of a total is called: "Grand Total", "Summe:". */
export function isTotalWord(text: string): boolean {
  return totalWord.test(text.trim().replace(/:$/, ""));
}
/** How far a total may be from the sum of the numbers as they are written. */
const rounding = 1e-4;
/** A row of sums is recognized without a word for it from this number of columns on. */
const fewestSums = 2;

/**
 * A row that adds up the others: one that is called a total, or a last row whose numbers are the
 * sums of those above in two columns or more.
 */
export function checkTotal(table: Table, schema: Schema): Finding[] {
  if (table.rows < 4) return [];
  const last = table.rows - 1;
  const texts = schema.columns.filter(({ kind }) => kind === "category" || kind === "text");
  for (const { name } of texts) {
    const column = columnOf(table, name);
    if (column.type !== "text") continue;
    const isTotal = column.dictionary.map(isTotalWord);
    if (!isTotal.includes(true)) continue;
    const row = column.codes.findIndex((code) => code >= 0 && isTotal[code]);
    if (row < 0) continue;
    const word = shorten(column.dictionary[column.codes[row]]);
    const sums = sumsIn(table, schema, row);
    if (sums.length === 0 && row !== last) continue;
    const why = sums.length === 0 ? "" : `, and ${columnsText(sums)} the sum of the other rows`;
    return [totalFinding(row, `row ${row} is called ${word}${why}: it looks like a total`)];
  }
  const sums = sumsIn(table, schema, last);
  if (sums.length < fewestSums) return [];
  return [totalFinding(last, `the last row, row ${last}, has in ${columnsText(sums)} the sum of the other rows`)];
}

function totalFinding(row: number, statement: string): Finding {
  return finding("warning", "total-row", statement, "leave the row out", { row });
}

function columnsText(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(shorten).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more columns` : shown;
}

/** The numeric columns in which a row has the sum of all others. */
function sumsIn(table: Table, schema: Schema, row: number): string[] {
  return schema.columns.flatMap(({ name, kind }) => {
    const values = kind === "numeric" ? readable(columnOf(table, name), readingOf(schema, name)) : undefined;
    if (values === undefined || !(Math.abs(values[row]) > 0)) return [];
    let [sum, largest, count] = [0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      if (i === row || Number.isNaN(values[i])) continue;
      sum += values[i];
      largest = Math.max(largest, Math.abs(values[i]));
      count++;
    }
    const isSum = Math.abs(values[row] - sum) <= rounding * Math.abs(sum) && Math.abs(values[row]) > largest;
    return isSum && count > 2 ? [name] : [];
  });
}

function readable(column: Column, reading: ColumnReading): Float64Array | Float32Array | undefined {
  try {
    return numbersOf(column, reading);
  } catch {
    return undefined; // strings among the numbers, which are an error of their own
  }
}

/** From this number of values on, and if at least half of its rows share theirs, a column may name groups. */
const fewestGroups = 20;
const sharedBy = 0.5;
/** The intraclass correlation of the target from which on rows of a group are alike. */
const alikeFrom = 0.1;

/**
 * A column that is no feature, repeats, and whose rows are alike in the target: measurements of one
 * person, sales of one shop. Scores of rows whose neighbours were trained on are too good.
 */
export function checkGroups(
  column: Column,
  reading: ColumnReading,
  target: Values,
  isNumber: boolean,
  rows: Int32Array,
): Finding[] {
  if (column.type === "number" && !column.values.every((value) => Number.isNaN(value) || Number.isInteger(value))) {
    return [];
  }
  const cells = cellsOf(column, reading);
  const present = rows.filter((row) => !isMissing(cells, row));
  const firstOf = firstEqual(hashRows([cells], present));
  const sizes = new Int32Array(present.length);
  for (const first of firstOf) sizes[first]++;
  const groups = sizes.filter((size) => size > 0).length;
  const alone = sizes.filter((size) => size === 1).length;
  if (groups < fewestGroups || present.length - alone < sharedBy * present.length) return [];
  const alike = intraclassCorrelation(firstOf, present, target, isNumber);
  if (!(alike >= alikeFrom)) return [];
  const named = `column ${shorten(column.name)}`;
  const statement =
    `${named} has ${groups} values in ${present.length} rows, and rows of one value are alike in the target ` +
    `(intraclass correlation ${alike.toFixed(2)}): if they belong together, scores of a random split are too good`;
  const cure = text`${{ option: "split.group", value: column.name }} keeps them in one part`;
  return [finding("warning", "groups", statement, cure, { column: column.name })];
}

/**
 * How much nearer two rows of a group are to each other than two rows of the table, from 0 to 1, by
 * neighbours: 1 - their mean squared difference by that of any two. Classes differ by 0 or 1.
 */
function intraclassCorrelation(firstOf: Int32Array, rows: Int32Array, target: Values, isNumber: boolean): number {
  const difference = (a: number, b: number) => (isNumber ? (a - b) ** 2 : Number(a !== b));
  const latest = new Int32Array(firstOf.length).fill(-1);
  let [pairs, within] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const before = latest[firstOf[i]];
    latest[firstOf[i]] = i;
    if (before < 0) continue;
    pairs++;
    within += difference(target[rows[i]], target[rows[before]]);
  }
  const any = isNumber ? 2 * varianceOf(rows, target) : differentClasses(rows, target);
  return pairs === 0 || any === 0 ? Number.NaN : 1 - within / pairs / any;
}

function varianceOf(rows: Int32Array, target: Values): number {
  let [mean, squares] = [0, 0];
  for (const row of rows) mean += target[row] / rows.length;
  for (const row of rows) squares += (target[row] - mean) ** 2;
  return squares / rows.length;
}

/** The probability that two rows have different classes. */
function differentClasses(rows: Int32Array, target: Values): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(target[row], (counts.get(target[row]) ?? 0) + 1);
  let same = 0;
  for (const count of counts.values()) same += (count / rows.length) ** 2;
  return 1 - same;
}
