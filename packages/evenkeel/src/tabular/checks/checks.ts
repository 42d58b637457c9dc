import { problemOf, type Text, text } from "../../core/index.ts";
import { classPositions } from "../encoding/target/targetClasses.ts";
import { checkStructure, columnOf, shorten } from "../schema/columns.ts";
import { identifierOf } from "../schema/identifier.ts";
import { countTexts, dateReading, extentOf, nearlyUnique, type StrayDate, strayDate } from "../schema/inferKind.ts";
import {
  booleansOf,
  datesOf,
  largestFloat32,
  misfitsOf,
  numbersOf,
  orderHint,
  type Reading,
  textsOf,
} from "../schema/read.ts";
import { askedReasons, type ColumnSchema, isAsked, readingOf, type Schema } from "../schema/schema.ts";
import { twoReadings } from "../schema/values/numberFormat.ts";
import { copiesIn } from "../table/copies.ts";
import { fewestOfClass, type RareClasses } from "../table/rareClasses.ts";
import { rowsWithTarget } from "../table/split.ts";
import type { Column, Table } from "../table/table.ts";
import { checkCategories } from "./categoryChecks.ts";
import { type Finding, finding, findingOf, TableError } from "./findings.ts";
import { leakOf, type Values } from "./leak.ts";
import { meaningFindings, unseenSign } from "./meaning.ts";
import { checkNumbers } from "./numberChecks.ts";
import { checkCopies, checkGroups, checkTotal } from "./rowChecks.ts";

/**
 * The fewest rows with a target that are trained on, and how many it takes before nothing is said
 * about it.
 */
const fewestRows = 10;
const enoughRows = 50;
/** Rows of a class from which on nothing is said about it. */
const enoughOfClass = 10;

/** What `checkTable` is told about the training to come. */
export interface CheckTableOptions {
  /** What is done with classes of few rows. */
  readonly rareClasses?: RareClasses | undefined;
  /** Rows that were left out because their class is rare: nothing more is said about them. */
  readonly leftOut?: number | undefined;
}

/**
 * What is wrong or doubtful about a table, before anything is trained; each finding that is about a
 * column names it. Errors: strings among numbers; numbers that can be read in two ways; numbers as
 * dates that all fall on one day; infinite values, and such that float32 cannot hold; a target
 * without values, that never varies, or whose classes are nearly all different; fewer than 10 rows
 * with a target; no features. Warnings: columns without values, constant ones, identifiers, those
 * of dates but for a few values; a feature that gives the target away; fewer than 50 rows, or 10 of
 * a class; copies of rows, a row that adds up the others, and rows of one group; values far outside
 * the rest, numbers that stand for missing ones, categories that differ by spaces or case alone.
 * Notes: ignored text; dates that can be read in two ways; how numbers and dates were read that are
 * not plain, codes, and missing spellings that were taken for values; numbers that may be dates;
 * rows without a target; few whole numbers as a target; one value in nearly all rows; categories of
 * one row.
 * @throws RangeError if a column of the schema is not in the table
 */
export function checkTable(table: Table, schema: Schema, options: CheckTableOptions = {}): Finding[] {
  return checkWith(table, schema, options, copiesIn);
}

function checkWith(table: Table, schema: Schema, options: CheckTableOptions, findCopies: typeof copiesIn): Finding[] {
  checkStructure("checkTable", table);
  if (table.rows === 0) return [finding("error", "few-rows", "the table has no rows")];
  const findings: Finding[] = [];
  const target = checkTarget(table, schema, findings, options);
  const withTarget = target === undefined ? new Int32Array(0) : rowsWithTarget(table, schema);
  const total = checkTotal(table, schema);
  findings.push(...total, ...checkCopies(table, schema, withTarget, findCopies));
  for (const one of schema.columns) {
    if (one.use === "target") continue;
    const column = { ...one, nulls: schema.nulls };
    if (one.use === "ignored" && one.why !== askedReasons.group && target !== undefined) {
      const isNumber = schema.task === "regression";
      findings.push(...checkGroups(columnOf(table, one.name), column, target, isNumber, withTarget));
    }
    if (one.use === "ignored" && isAsked(one.why)) continue;
    findings.push(...checkColumn(columnOf(table, column.name), column));
    if (column.use !== "feature" || target === undefined) continue;
    if (findings.some(({ severity, column: name }) => severity === "error" && name === column.name)) continue;
    const leak = leakOf(columnOf(table, column.name), column, target, schema.task === "regression");
    if (leak === undefined) continue;
    const cure = "if it is not known when you predict, ignore it";
    findings.push(finding("warning", "leak", `column ${shorten(column.name)} ${leak}`, cure, { column: column.name }));
  }
  if (!schema.columns.some(({ use }) => use === "feature")) {
    const cure = text`name some in ${{ option: "features" }}, or say in ${{ option: "kinds" }} what they are`;
    findings.push(finding("error", "no-features", "no column is left to predict from", cure));
  }
  // A total is far outside in every column.
  const totals = total.map(({ row }) => row);
  return findings.filter(({ code, row }) => code !== "far-outside" || !totals.includes(row));
}

/**
 * `checkTable`, where errors are thrown.
 * @param findCopies `copiesIn` where it is asked more than once
 * @returns warnings and notes
 * @throws TableError listing every error
 */
export function assertTable(
  table: Table,
  schema: Schema,
  options: CheckTableOptions = {},
  findCopies = copiesIn,
): Finding[] {
  const findings = checkWith(table, schema, options, findCopies);
  if (findings.some(({ severity }) => severity === "error")) throw new TableError(findings);
  return findings;
}

function checkColumn(column: Column, schema: ColumnSchema & Reading): Finding[] {
  const { name } = column;
  const { kind, use } = schema;
  const named = `column ${shorten(name)}`;
  const left = use === "ignored" ? " and is ignored" : "";
  const found = (severity: Finding["severity"], code: Finding["code"], what: Text, cure?: Text, row?: number) => [
    finding(severity, code, text`${named} ${what}`, cure, { column: name, ...(row !== undefined && { row }) }),
  ];
  const extent = extentOf(column, schema);
  if (extent.present === 0) return found("warning", "all-missing", `has no values${left}`);
  if (extent.constant) return found("warning", "constant", `has the same value in every row${left}`);
  const asText = column.type === "text" && (kind === "category" || kind === "text") ? column : undefined;
  const taken = kind === "text" ? "is ignored" : "is taken for categories";
  const unclear = asText && dateReading(asText, schema)?.unclear;
  if (unclear) {
    return found(
      "note",
      "unclear-dates",
      `${taken}: dates such as ${shorten(unclear)} do not tell day, month and year apart`,
      orderHint(name),
    );
  }
  const stray = asText && strayDate(asText, schema);
  if (stray) {
    const { what, cure } = strayText(stray);
    const row = stray.why === "no-date" ? stray.row : undefined;
    return found("warning", "strings-among-dates", `${taken}: ${what}`, cure, row);
  }
  if (kind === "text") {
    const mixed = meaningFindings(column, schema);
    if (mixed.length > 0) return mixed;
    const { present, distinct } = countTexts(column, schema);
    return found(
      "note",
      "free-text",
      `is ignored: ${distinct} different texts in ${present} rows are an identifier or free text`,
      text`${{ option: "kinds", key: name, value: "category" }} uses it`,
    );
  }
  const wrong = checkValues(column, schema);
  if (wrong.length > 0) return wrong;
  const meaning = use === "feature" ? meaningFindings(column, schema) : [];
  if (kind === "category") {
    const { present, distinct } = countTexts(column, schema);
    if (!nearlyUnique(present, distinct)) return [...meaning, ...checkCategories(name, textsOf(column, schema))];
    return [
      ...meaning,
      ...found(
        "warning",
        "identifier",
        `has ${distinct} categories in ${present} rows: it says little more than which row it is`,
      ),
    ];
  }
  const identifier = identifierOf(column, kind, schema);
  if (identifier === undefined) {
    return kind === "numeric" ? [...meaning, ...checkNumbers(name, numbersOf(column, schema))] : meaning;
  }
  const advice = use === "ignored" ? "is ignored: " : "is used, though ";
  const cure = use === "ignored" ? text`name it in ${{ option: "features" }} to use it` : undefined;
  return [...meaning, ...found("warning", "identifier", `${advice}${identifier}`, cure)];
}

function strayText(stray: StrayDate): { readonly what: string; readonly cure: string } {
  if (stray.why === "both-orders") {
    const { dayFirst, monthFirst } = stray;
    const what = `it holds dates with the day first, such as ${shorten(dayFirst)}, and with the month first, such as ${shorten(monthFirst)}`;
    return { what, cure: "write all in one order" };
  }
  const { text: found, row, others } = stray;
  const more = others === 0 ? "" : ` (${others + 1} rows hold none)`;
  const what = `nearly all its values are dates, but row ${row} holds ${shorten(found)}${more}`;
  return { what, cure: "correct it, or take it as missing" };
}

/** Values that are not of the column's kind, or that no network can take. */
function checkValues(column: Column, schema: Reading & Pick<ColumnSchema, "kind">): Finding[] {
  const { kind } = schema;
  const named = `column ${shorten(column.name)}`;
  if (kind === "numeric") {
    const misfit = misfitsOf(column, schema);
    const doubt = misfit && twoReadings(misfit.value, schema.numbers);
    if (misfit !== undefined && doubt !== undefined) return [unseenSign(column.name, schema, misfit, doubt)];
    if (misfit !== undefined) {
      const others = misfit.count === 1 ? "" : ` (${misfit.count} rows hold strings)`;
      const statement = `${named} is numeric, but row ${misfit.row} holds ${shorten(misfit.value)}${others}`;
      const asCategory = { option: "kinds", key: column.name, value: "category" };
      const asMissing = { option: "nulls", value: [misfit.value] };
      const cure = text`correct it, take it as missing with ${asMissing}, or say ${asCategory}`;
      const cell = { column: column.name, row: misfit.row };
      return [finding("error", "strings-among-numbers", statement, cure, cell)];
    }
  }
  try {
    if (kind === "boolean") booleansOf(column, schema);
    if (kind === "date") datesOf(column, schema);
  } catch (error) {
    return [wrongKind(column.name, error)];
  }
  if (kind !== "numeric") return [];
  const values = numbersOf(column, schema);
  let count = 0;
  let row = -1;
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]) > largestFloat32)) continue;
    if (count === 0) row = i;
    count++;
  }
  if (count === 0) return [];
  const code = Number.isFinite(values[row]) ? "too-large" : "infinite";
  const why = code === "infinite" ? "" : ", more than float32 can hold";
  const others = count === 1 ? "" : ` (${count} rows are like it)`;
  const statement = `${named} holds ${values[row]} in row ${row}${why}${others}`;
  return [finding("error", code, statement, "correct it, or take it as missing", { column: column.name, row })];
}

/** That a column could not be read as what it is said to be. */
function wrongKind(column: string, error: unknown): Finding {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  return findingOf("error", "wrong-kind", { ...problem, where: { ...problem.where, column } });
}

type Add = (severity: Finding["severity"], code: Finding["code"], statement: Text, cure?: Text) => void;

/** The target's values, NaN or -1 where it is missing; undefined if they cannot be read. */
function checkTarget(
  table: Table,
  schema: Schema,
  findings: Finding[],
  { rareClasses, leftOut = 0 }: CheckTableOptions,
): Values | undefined {
  const column = columnOf(table, schema.target);
  const { classes, target, task } = schema;
  const reading = readingOf(schema, target);
  const { kind } = reading;
  const named = `the target ${shorten(target)}`;
  const add: Add = (severity, code, statement, cure) =>
    findings.push(finding(severity, code, statement, cure, { column: target }));
  const wrong = checkValues(column, reading);
  findings.push(...wrong);
  if (wrong.length > 0) return undefined;
  const meaning = meaningFindings(column, reading);
  findings.push(...meaning);
  if (meaning.some(({ severity }) => severity === "error")) return undefined;
  let values: Values;
  try {
    values = classes === undefined ? numbersOf(column, reading) : classPositions(column, reading, classes);
  } catch (error) {
    findings.push(wrongKind(target, error));
    return undefined;
  }
  const missing = (value: number) => Number.isNaN(value) || (classes !== undefined && value < 0);
  let present = 0;
  for (let i = 0; i < values.length; i++) if (!missing(values[i])) present++;
  if (present === 0) {
    add("error", "all-missing", `${named} has no values in ${table.rows} rows`);
    return undefined;
  }
  const { distinct, whole } = variety(values, missing);
  if (distinct === 1) add("error", "constant", `${named} has the same value in every row: there is nothing to predict`);
  if (present < fewestRows) {
    add("error", "few-rows", `${named} has values in ${present} rows, and training takes at least ${fewestRows}`);
  } else if (present < enoughRows) {
    add("warning", "few-rows", `${named} has values in ${present} rows: scores of so few say little`);
  }
  if (present < table.rows - leftOut) {
    add(
      "note",
      "without-target",
      `${named} has no value in ${table.rows - leftOut - present} of ${table.rows} rows, which are left out`,
    );
  }
  if (classes !== undefined) {
    if (kind === "category") findings.push(...checkCategories(target, textsOf(column, reading), true));
    checkClasses(values, schema, classes, present, add, rareClasses);
  } else if (kind === "numeric" && whole && distinct <= 20 && distinct > 1 && present >= fewestRows) {
    add(
      "note",
      "target-whole-numbers",
      `${named} has ${distinct} different whole numbers and is predicted as a number`,
      text`${{ option: "task", value: "multiclass" }} takes them for classes`,
    );
  }
  if (classes === undefined && kind === "numeric") findings.push(...checkNumbers(target, values as Float64Array));
  return task === "regression" || distinct > 1 ? values : undefined;
}

/** How many different values there are, 21 for more than 20. */
function variety(values: Values, missing: (value: number) => boolean) {
  const seen = new Set<number>();
  let whole = true;
  for (let i = 0; i < values.length && seen.size <= 20; i++) {
    if (missing(values[i])) continue;
    seen.add(values[i]);
    whole &&= Number.isInteger(values[i]);
  }
  return { distinct: seen.size, whole };
}

function checkClasses(
  values: Values,
  { target }: Schema,
  classes: readonly string[],
  present: number,
  add: Add,
  rareClasses: CheckTableOptions["rareClasses"],
): void {
  const named = `the target ${shorten(target)}`;
  const counts = new Array<number>(classes.length).fill(0);
  for (let i = 0; i < values.length; i++) if (values[i] >= 0) counts[values[i]]++;
  if (nearlyUnique(present, classes.length)) {
    add(
      "error",
      "target-text",
      `${named} has ${classes.length} classes in ${present} rows: it names rows, not classes`,
    );
    return;
  }
  const few = (limit: number, from = 0) => classes.filter((_, k) => counts[k] < limit && counts[k] >= from);
  const list = (names: readonly string[]) =>
    `${names.slice(0, 5).map(shorten).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
  const tooFew = few(fewestOfClass, 1);
  if (tooFew.length > 0) {
    const statement = `${named} has a single row of ${list(tooFew)}`;
    // Without them there must be two classes left.
    const isError = rareClasses !== "keep" && classes.length - tooFew.length < 2;
    const keep = { option: "rareClasses", value: "keep" };
    add(
      isError ? "error" : "warning",
      "rare-class",
      statement,
      isError ? text`${keep} trains on it all the same` : undefined,
    );
  }
  const rare = few(enoughOfClass, fewestOfClass);
  if (rare.length > 0) {
    add(
      "warning",
      "rare-class",
      `${named} has fewer than ${enoughOfClass} rows of ${list(rare)}: scores of them say little`,
    );
  }
}
