import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TableModel, takeRows } from "evenkeel/tabular";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Models, trainedModels } from "./models.fixture.ts";
import { runLine } from "./run.fixture.ts";

let models: Models;
beforeAll(async () => {
  models = await trainedModels();
});
afterAll(() => models.remove());

const evaluate = (...args: string[]) => runLine(["evaluate", ...args], { cwd: models.cwd });
const json = async (...args: string[]) => JSON.parse((await evaluate(...args, "--json")).out);

describe("numbers", () => {
  test("the test rows, drawn again, have the scores that the training recorded", async () => {
    const { rows, scores, recorded, guesses, worst, batchNorm, part } = await json("latest", "--part", "test");
    expect([rows, part]).toEqual([12, "test"]);
    expect(scores).toEqual(recorded.scores.test);
    const { test: byMean } = recorded.baselines.mean;
    expect(guesses["mean of the training rows"].mae).toBeCloseTo(byMean.mae, 10);
    expect(guesses["mean of the training rows"].r2).toBeCloseTo(byMean.r2, 10);

    expect(worst.length).toBe(5);
    const truth = models.rows[worst[0].row].economy;
    const alone = models.numbers.predict(takeRows(models.cars, Int32Array.of(worst[0].row))).values![0];
    expect(worst[0]).toEqual({ row: worst[0].row, truth, prediction: alone, error: alone - (truth as number) });
    const sizes = worst.map(({ error }: { error: number }) => Math.abs(error));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(scores.mae).toBeLessThanOrEqual(sizes[0]);

    // The model's own loss on these rows, from its predictions and the scale of its target.
    const { std } = models.numbers.preprocessing.toJSON().target as { std: number };
    expect(batchNorm).toMatchObject({ loss: "mse", rows: 12 });
    expect(batchNorm.running).toBeCloseTo((scores.rmse / std) ** 2, 5);
    expect(batchNorm.batch).not.toBe(batchNorm.running);
  });

  test("for people, in 80 columns, without a table: the training's test rows", async () => {
    const { out, err, code } = await evaluate("cars.safetensors", "--worst", "2");
    expect(code).toBe(0);
    expect(out).toMatch(/^cars\.safetensors on the test rows of cars\.csv: 12 rows, economy \(regression\)\n/);
    expect(out).toMatch(/\ntest rows, which it had not seen +[\d.]+ +[\d.]+ +-?[\d.]+\n {2}mean {2}/);
    // The recorded baselines have the mean of the training rows, so it is no guess besides.
    expect(out).toMatch(/\n {2}mean .*\n {2}median .*\n {2}ridge /);
    expect(out).not.toContain("training's");
    expect(out).toMatch(/\nworst rows +truth +prediction +error\n─+\nline \d+ .*\nline \d+ .*\n\n/);
    expect(out).toMatch(/\nBatch normalization: squared error of the scaled target [\d.]+ with its\s+running/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(err).not.toContain("too good");
  });

  test("all rows: each part with what the model had to do with it", async () => {
    const { rows, scores, parts, recorded } = await json("latest", "--part", "all");
    expect([rows, parts.train.rows, parts.validation.rows, parts.test.rows]).toEqual([60, 36, 12, 12]);
    // Of the parts as they were scored in the training; the refit has trained on the validation rows since.
    expect(parts.test.scores).toEqual(recorded.scores.test);
    const mean = (["train", "validation", "test"] as const).map((part) => parts[part].rows * parts[part].scores.mae);
    expect(mean.reduce((sum, value) => sum + value) / 60).toBeCloseTo(scores.mae, 12);
    const { out } = await evaluate("latest", "--part", "all");
    expect(out).toMatch(/ on all rows of cars\.csv: 60 rows/);
    expect(out).toMatch(
      /\nall rows .*\n {2}mean of .*\ntest rows, which it had not seen .*\nvalidation rows, trained on in the refit .*\n/,
    );
    expect(out).toMatch(/\ntraining rows, which it was trained on .*\n\n/);
  });

  test("the training's table by its name: all rows, with a note that they are not new", async () => {
    const { out, err } = await evaluate("latest", "cars.csv");
    expect(out).toMatch(/ on cars\.csv: 60 rows/);
    expect(out).toMatch(/\nthese rows .*\n {2}mean of .*\nthe training's test rows .*\n {2}mean /);
    expect(err).toContain("trained on rows of this table: its scores on all of them are too good; --part test");
    expect((await evaluate("latest", "more.csv")).err).not.toContain("too good");
  });

  test("rows without a target are left out, and said to be", async () => {
    const rows = models.rows.map((row, i) => ({ ...row, economy: i < 4 ? null : row.economy }));
    writeFileSync(join(models.cwd, "gaps.csv"), Papa.unparse(rows));
    const { out, err } = await evaluate("latest", "gaps.csv");
    expect(out).toContain("on gaps.csv: 56 rows");
    expect(err).toContain('note: 4 rows without a value of "economy" left out\n');
  });
});

test("classes: precision and recall of each, and the commonest as a guess", async () => {
  const predicted = models.classes.predict(models.cars).classes!;
  const truth = models.rows.map(({ origin }) => origin);
  const { classes, guesses, worst } = await json("origins.safetensors", "cars.csv");
  expect(worst).toBeUndefined();
  const share = (hits: number, of: number) => (of === 0 ? null : hits / of);
  for (const { name, ...figures } of classes) {
    const right = truth.filter((origin, i) => origin === name && predicted[i] === name).length;
    const said = predicted.filter((origin) => origin === name).length;
    expect(figures).toEqual({ rows: 20, predicted: said, precision: share(right, said), recall: right / 20 });
  }
  const guess = guesses["commonest of these rows: Europe"];
  expect(guess.accuracy).toBeCloseTo(1 / 3, 12);
  expect(guess.logLoss).toBeCloseTo(Math.log(3), 12);
  const { out } = await evaluate("origins.safetensors", "cars.csv");
  expect(out).toMatch(/\nclass +rows +predicted +precision +recall\n─+\n(?:(?:Europe|Japan|USA) +20 .*\n){3}/);
});

describe("what cannot be done is refused in one message", () => {
  test.each<[string, string[], RegExp]>([
    ["no record of a table", ["origins.safetensors"], /origins\.safetensors does not say what table it was trained on/],
    [
      "no record of a split",
      ["origins.safetensors", "cars.csv", "--part", "test"],
      /does not say how its rows were split/,
    ],
    ["another table", ["latest", "more.csv", "--part", "test"], /it had 60 rows and now has 2, so its parts/],
    ["a changed table", ["latest", "changed.csv", "--part", "test"], /is not as it was when the model was trained, so/],
    ["no target", ["latest", "untargeted.csv"], /has no column "economy".*; did you mean "econmy"\? It has weight/],
    ["no value of the target", ["latest", "unvalued.csv"], /no row has a value of "economy" to compare with/],
    [
      "a class that is none",
      ["origins.safetensors", "more.csv"],
      /"origin" holds "Mars" in line 3, which is none of its 3 classes/,
    ],
    ["a text for the target", ["latest", "texts.csv"], /"economy" holds "good" in line 2, expected a number/],
    ["an unknown part", ["latest", "--part", "rest"], /Allowed choices are train, validation, test/],
    ["a bad number", ["latest", "--worst", "-1"], /whole number from 0 to 1000/],
    ["a truncated model", ["cut.safetensors", "cars.csv"], /is it complete\?/],
  ])("%s", async (_, args, message) => {
    const head = "weight,power,origin,day";
    writeFileSync(join(models.cwd, "more.csv"), `${head},economy\n1,2,USA,2000-01-01,3\n1,2,Mars,2000-01-01,3\n`);
    const [first, ...others] = models.rows;
    writeFileSync(join(models.cwd, "changed.csv"), Papa.unparse([{ ...first, weight: 7 }, ...others]));
    writeFileSync(join(models.cwd, "untargeted.csv"), `${head},econmy\n1,2,USA,2000-01-01,3\n`);
    writeFileSync(join(models.cwd, "unvalued.csv"), `${head},economy\n1,2,USA,2000-01-01,\n`);
    writeFileSync(join(models.cwd, "texts.csv"), `${head},economy\n1,2,USA,2000-01-01,good\n`);
    const { out, err, code } = await evaluate(...args);
    expect(err).toMatch(message);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});

test("the validation rows of a model that was refit are no new rows to it, and it says so", async () => {
  const refit = /note: the model was refit on training and validation rows/;
  expect((await evaluate("latest", "--part", "validation")).err).toMatch(refit);
  expect((await evaluate("latest", "--part", "test")).err).not.toMatch(refit);
  expect((await evaluate("cars.safetensors", "--part", "validation")).err).not.toMatch(refit); // its record has none
});

test("a record that says nonsense is one that says nothing", async () => {
  const { schema, preprocessing, network } = models.numbers;
  const record = {
    source: 7,
    seed: "x",
    split: { test: "half" },
    scores: [],
    baselines: { mean: { test: { mae: {} } } },
  };
  writeFileSync(join(models.cwd, "odd.safetensors"), new TableModel({ schema, preprocessing, network, record }).save());
  expect((await evaluate("odd.safetensors")).err).toContain("does not say what table");
  const { out, code } = await evaluate("odd.safetensors", "cars.csv");
  expect(code).toBe(0);
  expect(out).not.toContain("the training's test rows");
});

test("--help has examples, in 80 columns", async () => {
  const { out, code } = await evaluate("--help");
  expect(code).toBe(0);
  expect(out).toContain("evenkeel evaluate latest --part all");
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
