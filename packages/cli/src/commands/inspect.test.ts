import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runLine } from "./run.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "evenkeel-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));

const stdin = "a,b\n1,x\n2,y\n";
const runAll = (...args: string[]) => runLine(["inspect", ...args], { cwd: folder, stdin });

async function run(...args: string[]): Promise<string> {
  const { out, err, code } = await runAll(...args);
  expect(err).toBe("");
  expect(code).toBe(0);
  return out;
}

const lineOf = (out: string, start: string) => out.split("\n").find((line) => line.startsWith(start));

describe("for people", () => {
  test("a built-in table: kinds, ranges, categories, what is missing, findings", async () => {
    const out = await run("mpg");
    expect(out).toMatch(/^mpg: 406 rows, 9 columns, to predict Miles_per_Gallon \(regression\)\n/);
    expect(lineOf(out, "Miles_per_Gallon")).toMatch(/numeric, target +9 to 46\.6, mean 23\.51 +2\.0%$/);
    expect(lineOf(out, "Horsepower")).toMatch(/numeric +46 to 230, mean 105\.1 +1\.5%$/);
    expect(lineOf(out, "Year")).toMatch(/date +1970-01-01 to 1982-01-01/);
    expect(lineOf(out, "Origin")).toMatch(/category +3: USA 254, Japan 79, Europ…/);
    expect(lineOf(out, "Name")).toMatch(/text, ignored +311: /);
    expect(out).toMatch(/\nnote {5}the target "Miles_per_Gallon" has no value in 8 of 406 rows/);
  });

  test("counts as missing what a training takes for missing", async () => {
    writeFileSync(join(folder, "countries.csv"), `country,n\n${"NA,1\nZA,2\nBW,3\nZA,4\n".repeat(5)}`);
    const out = await run("countries.csv");
    expect(lineOf(out, "country")).toMatch(/category +3: ZA 10, NA 5, BW 5 *$/);
    expect(out).toMatch(/"NA", which is taken for a value among codes\s+like it; --null NA takes it as missing/);
    expect(lineOf(await run("countries.csv", "--null", "NA"), "country")).toMatch(/category +2: ZA 10, BW 5 +25\.0%$/);
  });

  test("shows numbers as they are read, and takes the options that say how", async () => {
    writeFileSync(join(folder, "german.csv"), `menge;preis\n${"2.299;8,80\n994;7,2\n".repeat(20)}`);
    const out = await run("german.csv", "--delimiter", ";");
    expect(lineOf(out, "menge")).toMatch(/numeric +994 to 2299, mean/);
    expect(lineOf(out, "preis")).toMatch(/numeric +7\.2 to 8\.8, mean/);
    const wrong = await run("german.csv", "--number-format", "preis=1,234.5", "--delimiter", ";");
    const asked = ["--target", "menge", "--number-format", "preis=1,234.5", "--delimiter", ";"];
    expect((await runAll("german.csv", ...asked)).code).toBe(1); // a training would refuse it
    expect((await runAll("german.csv", "--target", "menge", "--delimiter", ";")).code).toBe(0);
    expect(wrong).toMatch(/error +column "preis" is numeric, but line 2 holds\s+"8,80"/);
  });

  test("without a target: copies of rows, and a row of sums", async () => {
    const value = (i: number) => Math.round(1e6 * Math.abs(Math.sin(i + 1)));
    const rows = Array.from({ length: 60 }, (_, i) => [0, 50, 99].map((from) => value((i % 40) + from)));
    const sums = [0, 1, 2].map((at) => rows.reduce((all, row) => all + row[at], 0));
    writeFileSync(join(folder, "rows.csv"), `a,b,c\n${[...rows, sums].join("\n")}\n`);
    const out = (await run("rows.csv")).replaceAll(/\s+/g, " ");
    expect(out).toContain("warning 20 of 61 rows are copies of 20 others");
    expect(out).toContain("first line 42: ");
    expect(out).toContain('warning the last row, line 62, has in "a", "b", "c" the sum of the other rows');
  });

  test("80 columns, whatever the names and values are", async () => {
    const name = `${"a long name ".repeat(8)}\u001b[31m`;
    writeFileSync(
      join(folder, "wide.csv"),
      `"${name}",日本語の列の名前はとても長いです,n\n${"x".repeat(200)},山田太郎,1e99\ny,鈴木,-12345678\n`,
    );
    const out = await run("wide.csv");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).toMatch(/^a long name a long na… {2}category/m);
    expect(out).toMatch(/-1\.235e7 to 1e99, mean 5e98/);
    expect(out).not.toContain("\u001b");
  });

  test("without a target: kinds, and what is doubtful about columns by themselves", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},same,${i % 3},,${i % 2 === 0}`);
    writeFileSync(join(folder, "doubtful.csv"), `id,constant,class,empty,flag\n${rows.join("\n")}\n`);
    const out = await run("doubtful.csv");
    expect(out).toMatch(/^doubtful\.csv: 60 rows, 5 columns\n/);
    expect(lineOf(out, "empty")).toMatch(/ignored +none +100\.0%$/);
    expect(lineOf(out, "flag")).toMatch(/boolean +2: true 30, false 30/);
    expect(out).toMatch(/warning +column "constant" has the same value in every row/);
    expect(out).toMatch(/warning +column "empty" has no values/);
    expect(out).toMatch(/warning +column "id" is ignored: /);
    expect(out).not.toContain("to predict");
  });

  test("what the reader noticed is said as well", async () => {
    writeFileSync(join(folder, "twice.csv"), "a,a\n1,2\n3,4\n");
    expect(await run("twice.csv")).toMatch(
      /warning +twice\.csv: column 2 is called "a" like another; it is called "a_1"/,
    );
  });
});

test("for programs: --json has everything, uncut", async () => {
  const found = JSON.parse(await run("penguins", "--json")) as {
    columns: { name: string; missing: number; most?: { value: string; rows: number }[] }[];
  };
  expect(found).toMatchObject({ source: "penguins", rows: 344, target: "Species", task: "multiclass" });
  expect(found.columns[0]).toEqual({
    ...{ name: "Species", kind: "category", use: "target", type: "text", missing: 0, distinct: 3 },
    most: [
      { value: "Adelie", rows: 152 },
      { value: "Gentoo", rows: 124 },
      { value: "Chinstrap", rows: 68 },
    ],
  });
  expect(found.columns.find(({ name }) => name === "Beak Length (mm)")).toMatchObject({
    missing: 2,
    lowest: 32.1,
    highest: 59.6,
  });
});

test("options reach the reader", async () => {
  expect((await runAll("-", "--target", "a")).out).toMatch(/^standard input: 2 rows, 2 columns, to predict a/);
  expect(await run("mpg", "--columns", "Origin, Year", "--limit", "10")).toMatch(/^mpg: 10 rows, 2 columns\n/);
  expect(await run("mpg", "--sample", "50")).toMatch(/^mpg: 50 rows/);
  expect(await run("--sql", "select 1 as x, 'y' as z from range(20)")).toMatch(/^the query: 20 rows, 2 columns\n/);
  writeFileSync(join(folder, "odd.txt"), "1:-9\n2:3\n");
  const out = await run("odd.txt", "--delimiter", ":", "--header", "--skip", "0", "--format", "csv");
  expect(lineOf(out, "-9")).toMatch(/numeric/);
});

test("what is wrong with a row is said with the line of the file", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => (i === 7 ? "oops,1" : `${i}.5,${i * i}`));
  writeFileSync(join(folder, "lines.csv"), `# by x\n\na,b\n${rows.join("\n")}\n`);
  expect(await run("lines.csv")).toMatch(/column "a" is numeric, but line 11 holds "oops"/);
  expect(await run("lines.csv", "--sample", "30")).toMatch(/column "a" is numeric, but line 11 holds "oops"/);
});

describe("misuse", () => {
  test.each<[string[], RegExp]>([
    [[], /^error: there is no table to read; name one, or give a query with --sql\n/],
    [["mpg", "--sql", "select 1"], /exclude each other/],
    [["mpg", "--target", "Miles"], /^error: --target: the table has no column "Miles"/],
    [["mpg", "--delimiter", "ab"], /^error: --delimiter is "ab", expected one character/],
    [["mgp"], /^error: there is no file mgp\. Did you mean mpg\?\n/],
  ])("%j", async (args, message) => {
    const { out, err, code } = await runAll(...args);
    expect(err).toMatch(message);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test.each([
    ["--limit", "0"],
    ["--sample", "ten"],
    ["--format", "xlsx"],
    ["--sample-seed", "-1"],
  ])("%s %s", async (...args) => {
    expect((await runAll("mpg", ...args)).code).toBe(2);
  });
});
