import { type AnyTableModel, type Column, type Table, tableFromRows } from "evenkeel/tabular";
import type { ActionContext } from "../../shell/context.ts";
import type { PlaceOf } from "../../shell/dialect.ts";
import { type CommandError, misuse } from "../../shell/errors.ts";
import { listed, nearest } from "../../shell/nearest.ts";
import { sentence } from "../../shell/sentence.ts";
import type { TableRead } from "../../tables/index.ts";
import { withoutTexts } from "../../tables/missing.ts";
import { TableReadError } from "../../tables/readError.ts";
import { readTableOf, type TableFlags } from "../../tables/tableFlags.ts";

/** A table that has every column of a model. */
export interface Features {
  readonly table: Table;
  /** The columns as they were read, with the texts that count as missing. */
  readonly given: readonly Column[];
  /** What was read, in words. */
  readonly source: string;
  /** What its reader should know. */
  readonly notes: readonly string[];
  /** Where its rows stand. */
  readonly placeOf?: PlaceOf | undefined;
  /** Columns of the model that no row has, which the notes say. */
  readonly absent: readonly string[];
}

/** The columns that a model predicts from. */
export function featureNames({ preprocessing }: AnyTableModel): string[] {
  return preprocessing.toJSON().inputs.map(({ column }) => column);
}

/** What is read beside the columns of a model, and how. */
interface ReadFeatures {
  /** Columns that are wanted too; "all" of them. */
  readonly besides?: readonly string[] | "all";
  /** Columns whose texts are wanted as they stand. */
  readonly carry?: readonly string[] | "all";
  /** Texts that count as missing. */
  readonly nulls?: readonly string[] | undefined;
}

/**
 * Reads a table for a model. Where nothing else of it is wanted, columns that the model does not
 * use are not even read.
 *
 * @throws TableReadError if the table cannot be read; CommandError if it lacks a column of the
 *   model
 */
export async function readFeatures(
  model: AnyTableModel,
  source: string | undefined,
  flags: TableFlags,
  context: ActionContext,
  { besides = [], carry = [], nulls = [] }: ReadFeatures = {},
): Promise<Features> {
  const texts = carry === "all" ? carry : [...textNames(model), ...carry];
  const read = await readNeeded(featureNames(model), source, flags, context, besides, texts);
  const json = read.format === "json" || read.format === "ndjson";
  const columns = withoutTexts(read.columns, nulls);
  const { table, warnings, absent } = completed(model, { rows: read.rows, columns }, read.source, json);
  const wanted = new Set(featureNames(model));
  const notes = read.notes
    .filter(({ column }) => column === undefined || wanted.has(column))
    .map(({ severity, message }) => `${severity}: ${message}`);
  const { source: name, placeOf } = read;
  return { table, given: read.columns, source: name, notes: [...notes, ...warnings], placeOf, absent };
}

/** The columns of which a model knows texts, not numbers. */
function textNames({ schema }: AnyTableModel): string[] {
  return schema.columns.filter(({ kind }) => kind !== "numeric" && kind !== "boolean").map(({ name }) => name);
}

async function readNeeded(
  features: readonly string[],
  source: string | undefined,
  flags: TableFlags,
  context: ActionContext,
  besides: readonly string[] | "all",
  carry: readonly string[] | "all",
): Promise<TableRead> {
  if (besides === "all" || source === "-") return readTableOf(source, flags, context, { carry });
  try {
    return await readTableOf(source, { ...flags, columns: [...new Set([...features, ...besides])] }, context, {
      carry,
    });
  } catch (error) {
    // A column may be missing: which one, and whether that is allowed, the whole table says.
    if (error instanceof TableReadError) return readTableOf(source, flags, context, { carry });
    throw error;
  }
}

/**
 * Rows that were given as JSON objects.
 * @throws CommandError if a text is no JSON object of plain values, or no row has any column of the
 *   model
 */
export function rowsFeatures(model: AnyTableModel, texts: readonly string[], nulls: readonly string[] = []): Features {
  const given = tableOf(texts.map(parseRow));
  const columns = withoutTexts(given.columns, nulls);
  const { table, warnings, absent } = completed(model, { rows: given.rows, columns }, "--row", true);
  return { table, given: given.columns, source: "--row", notes: warnings, absent };
}

function tableOf(rows: readonly Record<string, unknown>[]): Table {
  try {
    return tableFromRows(rows);
  } catch (error) {
    throw misuse("wrong-value", `--row: ${sentence(error)}`, undefined, { cause: error });
  }
}

/** JSON whose whole numbers beyond 2^53 are texts: no number of JavaScript holds their digits. */
function withDigits(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

function parseRow(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(withDigits(text));
  } catch (error) {
    const hint = `expected a JSON object such as '{"Horsepower": 130}', in single quotes for the shell`;
    throw misuse("damaged-file", `--row is no JSON (${(error as Error).message})`, hint, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw misuse("wrong-value", `--row is ${kindOf(value)}, expected an object such as {"Horsepower": 130}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return value === null ? "null" : `a ${typeof value}`;
}

/**
 * With columns of nothing for those that are missing, where rows may leave out what they do not
 * have.
 */
function completed(
  model: AnyTableModel,
  table: Table,
  source: string,
  mayLack: boolean,
): { table: Table; warnings: string[]; absent: string[] } {
  const features = featureNames(model);
  const names = table.columns.map(({ name }) => name);
  const given = new Set(names);
  const missing = features.filter((name) => !given.has(name));
  if (missing.length === 0) return { table, warnings: [], absent: [] };
  if (!mayLack || missing.length === features.length) throw missingColumns(source, missing, features, names);
  const nothing = { type: "text", codes: new Int32Array(table.rows).fill(-1), dictionary: [] } as const;
  const added = missing.map((name) => ({ name, ...nothing }));
  const used = new Set(features);
  const unused = names.filter((name) => !used.has(name));
  const warnings = missing.map((name) => {
    const near = nearest(name, unused);
    const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
    return `warning: no row has "${name}", which the model uses${hint}: it counts as missing`;
  });
  return { table: { rows: table.rows, columns: [...table.columns, ...added] }, warnings, absent: missing };
}

function missingColumns(
  source: string,
  missing: readonly string[],
  features: readonly string[],
  names: readonly string[],
): CommandError {
  const unused = names.filter((name) => !features.includes(name));
  const described = missing.map((name) => {
    const near = nearest(name, unused);
    return near === undefined ? `"${name}"` : `"${name}" (did you mean "${near}"?)`;
  });
  const what = missing.length === 1 ? "a column" : `${missing.length} of the ${features.length} columns`;
  return misuse(
    "wrong-value",
    `${source} lacks ${what} that the model predicts from: ${listed(described, 5)}. ` +
      `It has ${names.length === 0 ? "no columns" : listed(names)}.`,
  );
}
