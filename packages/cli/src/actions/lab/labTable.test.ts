import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maxColumns, mostRows } from "../../tables/page/limits.ts";
import { type LabFlags, labTable } from "./labTable.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-lab-table-"));
  const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
  write("cars.csv", "weight,origin,mpg\n1800,USA,20\n2000,Japan,\n2100,USA,18\n");
  write("long.csv", `x,y\n${"1,a\n".repeat(mostRows)}2,b\n`);
  const names = Array.from({ length: maxColumns + 1 }, (_, i) => `c${i}`);
  write("wide.csv", `${names.join(",")}\n${`${names.map((_, i) => i).join(",")}\n`.repeat(3)}`);
  write("names.csv", "constructor,__proto__,toString\n1,2,3\n4,5,6\n");
  write("alone.csv", "y\n1\n2\n");
  write("header.csv", "x,y\n");
});
afterAll(() => rmSync(cwd, { recursive: true }));

const read = (source: string | undefined, flags: Partial<LabFlags> = {}, stdin?: string) =>
  labTable(source, { sampleSeed: 0, ...flags }, { cwd, ...(stdin && { stdin: Readable.from([Buffer.from(stdin)]) }) });

describe("the table that the lab is given", () => {
  test("comes with what flags say about its columns, which are checked", async () => {
    const told = { kind: { weight: "category" }, null: ["unknown"], decimal: "," as const };
    const { meaning, target } = await read("cars.csv", told);
    expect([meaning, target]).toEqual([{ kinds: { weight: "category" }, nulls: ["unknown"], decimal: "," }, undefined]);
    expect((await read("cars.csv")).meaning).toBeUndefined();
    await expect(read("cars.csv", { kind: { wieght: "category" } })).rejects.toThrow(
      /"wieght" \(did you mean "weight"\?\)/,
    );
    await expect(read("cars.csv", { decimal: ",", thousands: "," })).rejects.toThrow(/are the same sign/);
  });

  test("is the command's, with its target where it is known", async () => {
    const { name, table, noticed, target } = await read("cars.csv");
    expect([name, table.rows, table.columns.map((column) => column.name), noticed, target]).toEqual([
      ...["cars.csv", 3, ["weight", "origin", "mpg"], [], undefined],
    ]);
    expect((await read("cars.csv", { target: "origin" })).target).toBe("origin");
    const mpg = await read("mpg");
    expect([mpg.name, mpg.table.rows, mpg.target]).toEqual(["mpg", 406, "Miles_per_Gallon"]);
    expect((await read("mpg", { target: "Horsepower" })).target).toBe("Horsepower");
  });

  test("comes from a query, standard input, and some columns too", async () => {
    const query = await read(undefined, { sql: "select weight, mpg from 'cars.csv' where mpg is not null" });
    expect([query.name, query.table.rows]).toEqual(["the query", 2]);
    expect((await read("-", {}, "a,b\n1,2\n")).table.rows).toBe(1);
    const some = await read("cars.csv", { columns: ["mpg", "weight"] });
    expect(some.table.columns.map((column) => column.name)).toEqual(["weight", "mpg"]);
  });

  test("has the first 100,000 rows, as a file that is dropped, or a sample of all", async () => {
    const { table, noticed } = await read("long.csv");
    expect(table.rows).toBe(mostRows);
    expect(noticed[0]).toBe("long.csv has more rows than the page takes: it uses the first 100,000");
    // The row that was left out has left nothing.
    expect(table.columns[1]).toMatchObject({ dictionary: ["a"] });
    expect((await read("long.csv", { limit: mostRows })).noticed).toEqual([]);
    expect((await read("long.csv", { sample: 50 })).table.rows).toBe(50);
    await expect(read("long.csv", { sample: mostRows + 1 })).rejects.toThrow(
      "--sample is 100,001, but the page takes 100,000 rows of a table of 2 columns; give --sample 100000",
    );
  });

  test("is refused where nothing can be learnt from it", async () => {
    await expect(read("wide.csv")).rejects.toThrow("wide.csv has 501 columns, and the page takes 500; choose some");
    expect((await read("wide.csv", { columns: ["c0", "c1"] })).table.columns).toHaveLength(2);
    await expect(read("alone.csv")).rejects.toThrow("alone.csv has one column; the page needs one to predict");
    await expect(read("header.csv")).rejects.toThrow(/header\.csv .* no rows/);
    await expect(read("cars.csv", { target: "wieght" })).rejects.toThrow(
      /no column "wieght" \(did you mean "weight"\?\)/,
    );
    await expect(read("cars.csv", { target: "constructor" })).rejects.toThrow(/no column "constructor"/);
    await expect(read(undefined, { target: "x" })).rejects.toThrow("there is no table to read");
  });

  test("may have columns of any name", async () => {
    const { table, target } = await read("names.csv", { target: "__proto__" });
    expect([table.columns.map((column) => column.name), target]).toEqual([
      ["constructor", "__proto__", "toString"],
      "__proto__",
    ]);
  });
});
