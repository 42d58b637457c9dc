import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FittedPreprocessing, TableModel } from "evenkeel/tabular";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTable } from "../tables/index.ts";
import { type Models, trainedModels } from "./models.fixture.ts";
import { type RunOptions, runLine } from "./run.fixture.ts";

let models: Models;
beforeAll(async () => {
  models = await trainedModels();
});
afterAll(() => models.remove());

const predict = (args: string[], options?: Partial<RunOptions>) =>
  runLine(["predict", ...args], { cwd: models.cwd, ...options });

/** Cells of CSV, by column. */
const csvOf = (text: string) => Papa.parse<Record<string, string>>(text.trimEnd(), { header: true }).data;

describe("the same predictions", () => {
  test("to the bit as the model's before it was saved, for numbers in a CSV file", async () => {
    const { out, err, code } = await predict(["cars.safetensors", "cars.csv"]);
    expect(code).toBe(0);
    expect(csvOf(out).map(({ prediction }) => Number(prediction))).toEqual([
      ...models.numbers.predict(models.cars).values!,
    ]);
    expect(err).toContain('note: "power" has no value in 3 of 60 rows: taken as the training took missing ones\n');
  });

  test("for classes with their probabilities, in JSON and in Parquet", async () => {
    const wanted = models.classes.predict(models.cars);
    const { out } = await predict(["origins.safetensors", "cars.csv", "--json"]);
    const rows = JSON.parse(out) as Record<string, unknown>[];
    expect(Object.keys(rows[0])).toEqual([
      "prediction",
      ...["Europe", "Japan", "USA"].map((name) => `probability of ${name}`),
    ]);
    expect(rows.map(({ prediction }) => prediction)).toEqual(wanted.classes);
    expect(rows.flatMap((row) => Object.values(row).slice(1, 4))).toEqual([...wanted.probabilities!]);

    const written = await predict(["origins.safetensors", "cars.csv", "--output", "p.parquet", "--keep", "power,day"]);
    expect(written).toMatchObject({ out: "", code: 0 });
    expect(written.err).toContain("60 predictions in p.parquet\n");
    const table = await readTable(join(models.cwd, "p.parquet"));
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ["power", "number"],
      ["day", "text"],
      ["prediction", "text"],
      ...["Europe", "Japan", "USA"].map((name) => [`probability of ${name}`, "number"]),
    ]);
    const [power, , , europe] = table.columns;
    expect(models.cars.columns.find(({ name }) => name === "power")).toMatchObject(power);
    expect("values" in europe && [...europe.values]).toEqual([...wanted.probabilities!].filter((_, i) => i % 3 === 0));
    expect(readdirSync(models.cwd).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("of a row alone, by --row, by standard input, and among others", async () => {
    const all = csvOf((await predict(["latest", "cars.csv"])).out);
    const row = JSON.stringify(models.rows[7]);
    const alone = await predict(["latest", "--row", row]);
    expect(csvOf(alone.out)).toEqual([all[7]]);
    expect(alone.err).toBe("");
    expect(csvOf((await predict(["latest", "-"], { stdin: row })).out)).toEqual([all[7]]);
    const two = await predict(["latest", "--row", row, "--row", JSON.stringify(models.rows[8]), "--format", "ndjson"]);
    expect(
      two.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([all[7], all[8]].map(({ prediction }) => ({ prediction: Number(prediction) })));
  });

  test("of more rows than are written at a time, waiting for room", async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i % 300},${1 + (i % 7)},USA,2000-01-01`);
    writeFileSync(join(models.cwd, "many.csv"), `weight,power,origin,day\n${lines.join("\n")}\n`);
    let held = 0;
    const room = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      held = 0;
    };
    const onWrite = () => expect(held++).toBe(0);
    const { out } = await predict(["latest", "many.csv", "--keep", "weight"], { room, onWrite });
    const rows = csvOf(out);
    expect(rows.length).toBe(40_000);
    const row = '{"weight":99,"power":2,"origin":"USA","day":"2000-01-01"}';
    expect(rows[39_999]).toEqual({
      weight: "99",
      prediction: csvOf((await predict(["latest", "--row", row])).out)[0].prediction,
    });
  });
});

test("--keep writes columns as they were: texts, numbers, truth values and times of day, and where they are missing", async () => {
  const kept = [
    { name: "a", count: 1.5, sold: true, seen: "1999-12-31T23:59:00.000Z" },
    { name: "", count: "", sold: "", seen: "" },
    { name: "b", count: -2, sold: false, seen: "2000-01-01" },
  ];
  const rows = kept.map((row, i) => ({ ...row, ...models.rows[i] }));
  writeFileSync(join(models.cwd, "kept.csv"), Papa.unparse(rows));
  const args = ["latest", "kept.csv", "--keep", "name,count,sold,seen"];
  const csv = csvOf((await predict(args)).out).map(({ prediction: _, ...row }) => row);
  expect(csv).toEqual(kept.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, String(v)]))));

  const json = JSON.parse((await predict([...args, "--json"])).out).map(
    ({ prediction: _, ...row }: object & { prediction: number }) => row,
  );
  // A file without types has texts, but for numbers that JSON writes in the same way.
  expect(json).toEqual([
    { ...kept[0], sold: "true" },
    { name: null, count: null, sold: null, seen: null },
    { ...kept[2], sold: "false" },
  ]);

  await predict([...args, "--output", "kept.parquet"]);
  const read = await readTable(join(models.cwd, "kept.parquet"));
  const given = await readTable(join(models.cwd, "kept.csv"));
  const named = new Map(given.columns.map((column) => [column.name, column]));
  for (const column of read.columns.slice(0, -1)) expect(named.get(column.name)).toMatchObject(column);
  expect(read.columns.map(({ type }) => type)).toEqual(["text", "number", "text", "text", "number"]);
});

test("--keep changes no value: long identifiers, zeros in front and behind, spellings of nothing", async () => {
  const ids = ["1234567890123456701", "1234567890123456702", "3"];
  const kept = ids.map((id, i) => ({ id, zip: `0211${i}`, version: `1.${i}0`, note: ["NA", " x ", "-"][i] }));
  const rows = kept.map((row, i) => ({ ...row, ...models.rows[i] }));
  writeFileSync(join(models.cwd, "exact.csv"), Papa.unparse(rows));
  const args = ["--keep", "id,zip,version,note"];
  const written = csvOf((await predict(["latest", "exact.csv", ...args])).out);
  expect(written.map(({ prediction: _, ...row }) => row)).toEqual(kept);
  expect((await predict(["latest", "exact.csv", ...args, "--output", "exact.parquet"])).code).toBe(0);
  // A BIGINT of Parquet too.
  const row = "5 as weight, 2 as power, 'USA' as origin, date '2000-01-01' as day";
  const sql = `select id::bigint as id, ${row} from 'exact.parquet'`;
  const { out, err } = await predict(["latest", "--sql", sql, "--keep", "id"]);
  expect(err).toBe("");
  expect(csvOf(out).map(({ id }) => id)).toEqual(ids);
});

test("--safe-csv puts ' before texts that spreadsheets take for formulas, and leaves numbers alone", async () => {
  const names = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "-1.50", "+.5e3", "plain", "", "'=1"];
  const rows = names.map((name, i) => ({ name, "=head": -1 - i, ...models.rows[0] }));
  writeFileSync(join(models.cwd, "formulas.csv"), Papa.unparse(rows));
  const args = ["latest", "formulas.csv", "--keep", "name,=head"];
  expect(csvOf((await predict(args)).out).map(({ name }) => name)).toEqual(names);
  const { out, code } = await predict([...args, "--safe-csv"]);
  expect([code, out.split(/[\r\n]/)[0]]).toEqual([0, `name,"'=head",prediction`]);
  const safe = csvOf(out);
  expect(safe.map(({ name }) => name)).toEqual([...names.slice(0, 5).map((name) => `'${name}`), ...names.slice(5)]);
  expect(safe.map((row) => Number(row["'=head"]))).toEqual(names.map((_, i) => -1 - i));
  await predict([...args, "--safe-csv", "-o", "safe.csv"]);
  expect(readFileSync(join(models.cwd, "safe.csv"), "utf8")).toBe(out);
  const refused = await predict([...args, "--safe-csv", "--json"]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/--safe-csv is of CSV, and json is written/) });
});

test("--output keeps permissions, and links as links", async () => {
  const [path, link] = [join(models.cwd, "private.csv"), join(models.cwd, "link.csv")];
  writeFileSync(path, "old", { mode: 0o600 });
  symlinkSync("private.csv", link);
  const row = JSON.stringify(models.rows[0]);
  expect(await predict(["latest", "--row", row, "-o", "link.csv"])).toMatchObject({ code: 0 });
  expect(readFileSync(path, "utf8")).toMatch(/^prediction\n/);
  expect([lstatSync(link).isSymbolicLink(), statSync(path).mode & 0o777]).toEqual([true, 0o600]);
});

test("--null names more texts that count as missing, and leaves kept columns as they are", async () => {
  writeFileSync(join(models.cwd, "odd.csv"), Papa.unparse([{ ...models.rows[0], power: "none given" }]));
  const refused = await predict(["latest", "odd.csv"]);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("none given")]);
  const { out, err, code } = await predict(["latest", "odd.csv", "--null", "none given", "--keep", "power"]);
  expect(code).toBe(0);
  expect(err).toContain('"power" has no value in 1 of 1 row');
  expect(csvOf(out)[0].power).toBe("none given");
});

describe("what rows lack", () => {
  test("a missing column is an error that names it and the nearest; extra ones are ignored", async () => {
    writeFileSync(join(models.cwd, "wrong.csv"), "Weight,power,orign,day,more\n1,2,USA,2000-01-01,5\n");
    const { err, out, code } = await predict(["latest", "wrong.csv"]);
    expect([out, code]).toEqual(["", 2]);
    expect(err).toContain(
      'error: wrong.csv lacks 2 of the 4 columns that the model predicts from: "weight" (did you mean "Weight"?), ' +
        '"origin" (did you mean "orign"?). It has Weight, power, orign, day, more.\n',
    );
  });

  test("a missing key of JSON is a missing value, with a warning; no known key at all is an error", async () => {
    const { out, err, code } = await predict(["latest", "--row", '{"weight":5,"Power":2}']);
    expect(code).toBe(0);
    expect(err).toContain(
      'warning: no row has "power", which the model uses (did you mean "Power"?): it counts as missing',
    );
    expect(err).not.toContain("note:");
    expect(Number(csvOf(out)[0].prediction)).toBe(models.numbers.predictRows([{ weight: 5 }]).values![0]);
    const none = await predict(["latest", "--row", '{"Weight":5}']);
    expect(none.code).toBe(2);
    expect(none.err).toContain("--row lacks 4 of the 4 columns");
  });

  test("categories that training did not have are counted", async () => {
    const row = { ...models.rows[0], origin: "Mars\u001b[2J" };
    const { err } = await predict(["latest", "--row", JSON.stringify(row)]);
    expect(err).toBe(
      'note: "origin" holds categories in 1 of 1 row that the training did not have: "Mars\\u001b[2J"\n',
    );
  });
});

describe("values outside the range of the training rows", () => {
  const { origin, day } = { origin: "USA", day: "2003-05-05" };
  const far = [
    { weight: 30, power: 5, origin, day },
    { weight: 5_000, power: -0.5, origin, day },
    { weight: -40, power: 5, origin, day: "2031-12-31" },
    { weight: 30, power: null, origin, day },
  ];
  const given = far.flatMap((row) => ["--row", JSON.stringify(row)]);

  test("are counted, and the columns named with the range", async () => {
    const { err, code } = await predict(["latest", ...given]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /note: 2 of 4 rows with values outside the range of the training rows, squashed: "weight" in 2, as far as 5000 \(training: \d+ to 5\d\); "power" in 1, as far as -0\.5 \(training: 1 to 11\); "day" in 1, as far as 2031-12-31 \(training: 2000-\d\d-\d\d to 2008-\d\d-\d\d\)\n/,
    );
  });

  test("JSON names the columns in the rows that have some, CSV does not", async () => {
    const rows = JSON.parse((await predict(["latest", ...given, "--json"])).out) as Record<string, unknown>[];
    expect(rows.map((row) => row.outside)).toEqual([undefined, ["weight", "power"], ["weight", "day"], undefined]);
    const lines = (await predict(["latest", ...given, "--format", "ndjson"])).out.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    expect((await predict(["latest", ...given])).out.split("\n")[0]).toBe("prediction");
    const one = await predict(["latest", "--row", JSON.stringify(far[2]), "--json"]);
    expect(JSON.parse(one.out)).toEqual([rows[2]]);
  });

  test("a kept column of that name is refused in JSON alone", async () => {
    writeFileSync(join(models.cwd, "outside.csv"), "weight,power,origin,day,outside\n1,2,USA,2000-01-01,7\n");
    const args = ["latest", "outside.csv", "--keep", "outside"];
    const { err, code } = await predict([...args, "--json"]);
    expect([err, code]).toEqual([expect.stringContaining('a column "outside", and so has the output'), 2]);
    expect(await predict(args)).toMatchObject({ code: 0 });
  });
});

test("predictions that are clamped are counted once they are made, and marked in JSON", async () => {
  const json = models.numbers.preprocessing.toJSON();
  const { numbers } = models;
  // As if all training rows had had nearly the same target.
  const preprocessing = FittedPreprocessing.fromJSON({ ...json, target: { ...json.target, least: 40, most: 40.5 } });
  const clamped = new TableModel({ ...numbers, preprocessing });
  writeFileSync(join(models.cwd, "clamped.safetensors"), clamped.save());
  const { out, err } = await predict(["clamped.safetensors", "cars.csv", "--json"]);
  const rows = JSON.parse(out) as { prediction: number; clamped?: boolean }[];
  const free = numbers.predict(models.cars).values!;
  rows.forEach(({ prediction, clamped }, i) => {
    expect(prediction).toBe(Math.min(40.5, Math.max(40, free[i])));
    expect(clamped).toBe(free[i] < 40 || free[i] > 40.5 ? true : undefined);
  });
  const count = rows.filter((row) => row.clamped).length;
  const note = `note: ${count} of 60 predictions clamped to the range of the training rows' targets, 40 to 40.5 (train --no-clamp-predictions lets them lie outside)\n`;
  expect(err.endsWith(note)).toBe(true);
  const written = await predict(["clamped.safetensors", "cars.csv", "-o", "clamped.csv"]);
  expect(written.err.endsWith(`${note}60 predictions in clamped.csv\n`)).toBe(true);
  const evaluated = await runLine(["evaluate", "clamped.safetensors", "cars.csv", "--json"], { cwd: models.cwd });
  expect([JSON.parse(evaluated.out).clamped, evaluated.err]).toEqual([count, expect.stringContaining(note)]);
});

describe("what cannot be done is refused in one message", () => {
  test.each<[string, string[], RegExp]>([
    [
      "no such file",
      ["car.safetensors", "cars.csv"],
      /there is no file car\.safetensors; did you mean cars\.safetensors\?/,
    ],
    ["no such folder", ["x/car.safetensors", "cars.csv"], /there is no file x\/car\.safetensors, nor the folder x/],
    ["no such run", ["1999", "cars.csv"], /no run has an id that begins with "1999"; the nearest is .*runs list/],
    ["no runs", ["latest", "cars.csv", "--runs", "elsewhere"], /there is no file "latest", and no folder elsewhere/],
    ["truncated", ["cut.safetensors", "cars.csv"], /cut\.safetensors cannot be used: the file has .*is it complete\?/],
    [
      "random bytes",
      ["noise.safetensors", "cars.csv"],
      /noise\.safetensors cannot be used: the header .*is it a safetensors file\?/,
    ],
    ["an empty file", ["empty.csv", "cars.csv"], /empty\.csv cannot be used: the file has 0 bytes/],
    [
      "no model of a table",
      ["plain.safetensors", "cars.csv"],
      /plain\.safetensors cannot be used: this safetensors file holds tensors only/,
    ],
    ["no table", ["latest"], /there is no table to read; name one, or give a query with --sql/],
    ["an empty table", ["latest", "empty.csv"], /empty\.csv is empty/],
    ["a table that is not there", ["latest", "carz.csv"], /there is no file carz\.csv\. Did you mean cars\.csv\?/],
    ["bad JSON", ["latest", "--row", "{weight: 5}"], /--row is no JSON .*single quotes/],
    ["a list", ["latest", "--row", "[1]"], /--row is a list, expected an object/],
    ["an object in a row", ["latest", "--row", '{"weight":{"kg":5}}'], /--row: column "weight" holds .* in row 0/],
    [
      "a text for a number",
      ["latest", "--row", '{"weight":"heavy"}'],
      /column "weight" holds "heavy" in row 0, expected a number/,
    ],
    [
      "an infinite value",
      ["latest", "--row", '{"weight":1e999}'],
      /column "weight" holds Infinity in row 0, which is infinite/,
    ],
    ["two inputs", ["latest", "cars.csv", "--row", "{}"], /--row is a table by itself/],
    ["two formats", ["latest", "cars.csv", "--json", "--format", "csv"], /--json and --format csv exclude each other/],
    ["Parquet as text", ["latest", "cars.csv", "--format", "parquet"], /name a file with --output/],
    ["an ending that says nothing", ["latest", "cars.csv", "-o", "out.xlsx"], /out\.xlsx: its ending says no format/],
    [
      "no folder to write to",
      ["latest", "cars.csv", "-o", "no/out.csv"],
      /cannot write no\/out\.csv: its folder does not exist/,
    ],
    [
      "a column that is not there",
      ["latest", "cars.csv", "--keep", "wieght"],
      /--keep: cars\.csv has no column "wieght"; did you mean "weight"\?/,
    ],
    ["an unknown option", ["latest", "--rows", "{}"], /unknown option '--rows'/],
  ])("%s", async (_, args, message) => {
    writeFileSync(join(models.cwd, "empty.csv"), "");
    const { out, err, code } = await predict(args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n {4}at /);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("binary on standard input", async () => {
    const { err, code } = await predict(["latest", "-"], { stdin: readFileSync(join(models.cwd, "cars.safetensors")) });
    expect(err).toMatch(/error: standard input is no text: byte \d+ is 0/);
    expect(code).toBe(2);
  });

  test("a kept column that is called like the output; the old file stays", async () => {
    writeFileSync(join(models.cwd, "old.csv"), "weight,power,origin,day,prediction\n1,2,USA,2000-01-01,7\n");
    const { err, code } = await predict(["latest", "old.csv", "--keep", "all", "-o", "old.csv"]);
    expect(err).toContain('the table has a column "prediction", and so has the output');
    expect(code).toBe(2);
    expect(readFileSync(join(models.cwd, "old.csv"), "utf8")).toContain(",7\n");
  });
});

test("a table without rows has no predictions, a header all the same", async () => {
  writeFileSync(join(models.cwd, "none.csv"), "weight,power,origin,day\n");
  expect(await predict(["latest", "none.csv"])).toMatchObject({ out: "prediction\n", code: 0 });
  expect((await predict(["latest", "none.csv", "--json"])).out).toBe("[]\n");
});

test("--help has examples; an interrupt ends it with one word", async () => {
  const { out: help } = await predict(["--help"]);
  expect(help).toContain("evenkeel predict latest cars.csv");
  expect(help).toMatch(/\nOptions:\n {2}--row [\s\S]*\nReading the table:\n {2}--sql /);
  for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const { out, err, code } = await predict(["latest", "cars.csv"], { signal: AbortSignal.abort() });
  expect([out, err, code]).toEqual(["", "Interrupted.\n", 130]);
});
