import { checkTable, inferSchema, Preprocessing, type Schema, type Table } from "evenkeel/tabular";
import { type KnownColumn, type KnownTable, toldKinds } from "./known.ts";

/** What came of a table that was written and read again. */
export type Judgement =
  | { readonly came: "back" }
  /** The reader or the check refused it and named what it refused. */
  | { readonly came: "refused"; readonly why: string }
  /** It was read as something else, and nothing said so. */
  | { readonly came: "wrong"; readonly why: string };

/** @param read reads the file; its error is a refusal */
export async function judge(known: KnownTable, read: () => Promise<Table>): Promise<Judgement> {
  let table: Table;
  try {
    table = await read();
  } catch (error) {
    return { came: "refused", why: (error as Error).message };
  }
  if (table.rows !== known.rows) return wrong(`${table.rows} rows, expected ${known.rows}`);
  for (const { name } of known.columns) {
    if (!table.columns.some((column) => column.name === name)) return wrong(`there is no column ${name}`);
  }
  let schema: Schema;
  try {
    schema = inferSchema(table, { target: known.target, kinds: toldKinds(known) });
  } catch (error) {
    return { came: "refused", why: (error as Error).message };
  }
  const error = checkTable(table, schema).find(({ severity }) => severity === "error");
  if (error !== undefined) return { came: "refused", why: error.message };
  const faults = known.columns.flatMap((column) => faultOf(column, table, schema) ?? []);
  return faults.length > 0 ? wrong(faults.join("; ")) : { came: "back" };
}

const wrong = (why: string): Judgement => ({ came: "wrong", why });

/** Undefined if the column means what was written. */
function faultOf(column: KnownColumn, table: Table, schema: Schema): string | undefined {
  const { name } = column;
  const { kind, use, why } = schema.columns.find((one) => one.name === name)!;
  if (use === "ignored")
    return column.values.every((value) => value === null) ? undefined : `${name} is ignored: ${why}`;
  if (kind !== column.kind)
    return `${name} is ${kind}, expected ${column.kind}: ${column.fields.slice(0, 6).join(" | ")}`;
  if (use === "target") return targetFault(column, table, schema);
  const alone: Schema = {
    ...schema,
    columns: schema.columns.map((one) =>
      one.use === "feature" && one.name !== name ? { ...one, use: "ignored" } : one,
    ),
  };
  const all = Int32Array.from({ length: table.rows }, (_, i) => i);
  const preprocessing = Preprocessing.fit(table, alone, all, { scale: "none", embedAbove: 1000 });
  const { x } = preprocessing.encode(table);
  const { features } = preprocessing;
  const cell = (row: number, feature: number) => x[row * features.length + feature];
  const missing = features.indexOf(`${name} (missing)`);
  for (const [row, value] of column.values.entries()) {
    const seen = features.map((_, feature) => cell(row, feature));
    const says = `${name}, row ${row}: ${JSON.stringify(column.fields[row])} became ${seen.join(" ")} of ${features.join(", ")}`;
    if (column.kind === "category") {
      const expected = features.map((feature) => (feature === `${name} = ${value}` ? 1 : 0));
      if (expected.some((one, i) => one !== seen[i]) || (value !== null && !expected.includes(1))) return says;
    } else if (value === null) {
      if (missing < 0 || seen[missing] !== 1) return says;
    } else if ((missing >= 0 && seen[missing] !== 0) || !isInput(seen[0], column.kind, value)) return says;
  }
  return undefined;
}

function targetFault({ values }: KnownColumn, table: Table, schema: Schema): string | undefined {
  const all = Int32Array.from({ length: table.rows }, (_, i) => i);
  const truth = Preprocessing.fit(table, schema, all).truth(table);
  const row = values.findIndex((value, i) => value !== truth[i]);
  return row < 0 ? undefined : `the target is ${truth[row]} in row ${row}, expected ${values[row]}`;
}

/** Whether an unscaled input is a value's. A date is its year with the fraction, within nine hours. */
function isInput(input: number, kind: KnownColumn["kind"], value: number | boolean | string): boolean {
  if (kind !== "date") return input === Math.fround(Number(value));
  const year = new Date(value as number).getUTCFullYear();
  const [start, end] = [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  return Math.abs(input - (year + ((value as number) - start) / (end - start))) < 0.001;
}
