import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networkOf, type Table, TableModel, tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../../packages/cli/src/tables/index.ts";
import { Random } from "../random.ts";
import { type CsvDialect, csvIn } from "./csv.ts";
import { jsonOf, ndjsonOf, rowsOf, writeParquet } from "./formats.ts";
import { type KnownTable, knownTable, rowOf, toldKinds } from "./known.ts";

/**
 * A table is the same table in every format: it trains to the same weights, and each of its rows is
 * predicted to the same bits, alone or among others, whatever file it comes from.
 */

const dialects: Readonly<Record<string, CsvDialect>> = {
  "commas.csv": { delimiter: ",", end: "\n", quoting: "needed", encoding: "utf8", above: [] },
  "semicolons.csv": { delimiter: ";", end: "\r\n", quoting: "all", encoding: "bom", above: ["sep=;"] },
  "tabs.tsv": { delimiter: "\t", end: "\n", quoting: "needed", encoding: "utf16le", above: ["# measured by hand"] },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-everywhere-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The table in all formats, by name. */
async function everyFormat(known: KnownTable): Promise<Record<string, Table>> {
  const read = (name: string, contents: string | Buffer) => {
    writeFileSync(join(folder, name), contents);
    return readTable(join(folder, name));
  };
  const tables: Record<string, Table> = { "the library": tableFromRows(rowsOf(known)) };
  for (const [name, dialect] of Object.entries(dialects)) tables[name] = await read(name, csvIn(known, dialect));
  tables["rows.json"] = await read("rows.json", jsonOf(known));
  tables["rows.ndjson"] = await read("rows.ndjson", ndjsonOf(known));
  await writeParquet(known, join(folder, "rows.ndjson"), join(folder, "rows.parquet"));
  tables["rows.parquet"] = await readTable(join(folder, "rows.parquet"));
  return tables;
}

const options = { target: "y", epochs: 2, refit: false, compile: false, network: { hidden: [4] } } as const;

/** What a model has learnt, without how its table was written. */
function learnt(model: TableModel) {
  const { inputs, target, nulls } = model.preprocessing.toJSON();
  const plain = inputs.map((input) => ({ ...input, numbers: undefined, dates: undefined }));
  const weights = Object.entries(networkOf(model).stateDict()).map(([name, { data }]) => [name, [...data]]);
  return { inputs: plain, target: { ...target, numbers: undefined }, nulls, weights };
}

// Seeds whose tables have, among them, all kinds of columns, missing values, codes, NA for Namibia and numbers as dates.
describe.each([15, 35, 36, 59])("table %i", (seed) => {
  const known = knownTable(new Random(seed));
  const models = new Map<string, TableModel>();
  let tables: Record<string, Table>;
  beforeAll(async () => {
    tables = await everyFormat(known);
    const told = { ...options, kinds: toldKinds(known) };
    for (const [name, table] of Object.entries(tables)) models.set(name, (await trainTable(table, told)).model);
  });

  it("trains to the same weights in every format", () => {
    const [first, ...others] = [...models.values()].map(learnt);
    for (const other of others) expect(other).toEqual(first);
  });

  it("trains to the same bytes in every dialect, and in every format with types", () => {
    const bytes = (name: string) => Buffer.from(models.get(name)!.save());
    for (const name of Object.keys(dialects)) expect(bytes(name)).toEqual(bytes("commas.csv"));
    for (const name of ["rows.json", "rows.ndjson"]) expect(bytes(name)).toEqual(bytes("the library"));
    expect(bytes("rows.parquet")).toEqual(bytes("the library"));
  });

  it("is predicted to the same bits in every format, row by row and together", async () => {
    const model = TableModel.load(models.get("commas.csv")!.save());
    const predicted = (table: Table) => [...(model.predict(table).values ?? [])];
    const together = predicted(tables["commas.csv"]);
    for (const table of Object.values(tables)) expect(predicted(table)).toEqual(together);
    for (let row = 0; row < known.rows; row += 7) {
      for (const table of Object.values(await everyFormat(rowOf(known, row)))) {
        expect(predicted(table)).toEqual([together[row]]);
      }
    }
  });
});
