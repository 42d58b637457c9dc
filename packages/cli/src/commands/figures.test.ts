import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listRuns, type Run } from "../records/runs/readRun.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
beforeAll(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-figures-"));
  const rows = Array.from({ length: 90 }, (_, i) => {
    const a = (i * 37) % 90;
    return { a, b: (i * 53) % 17, y: 2 * a + ((i * 29) % 11), big: a > 60 ? "yes" : "no" };
  });
  fs.writeFileSync(join(cwd, "t.csv"), Papa.unparse(rows));
});
afterAll(() => fs.rmSync(cwd, { recursive: true }));

const run = (line: string) => runLine(line.split(" "), { cwd });
const latest = () => listRuns(join(cwd, "runs"))[0] as Run;
const parsed = (text: string) => Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
const spaced = (text: string) => text.replaceAll(/\s+/g, " ");

describe("train --folds", () => {
  test("writes every row with the prediction of a training that had not seen it", async () => {
    const { out, code } = await run("train t.csv --target big --ignore y --folds 3 --epochs 3 --no-report");
    expect(code).toBe(0);
    expect(out.match(/^fold \d\/3 {2}test accuracy [\d.]+$/gm)).toHaveLength(3);
    expect(spaced(out)).toMatch(/ 3 folds: accuracy [\d.]+ ± [\d.]+, .* the out-of-fold rows/);
    const { path, result } = latest();
    expect(out).toContain(`${latest().id}/out-of-fold.csv`);
    const lines = parsed(fs.readFileSync(join(path, "out-of-fold.csv"), "utf8"));
    expect(lines.map(({ row }) => Number(row))).toEqual(Array.from({ length: 90 }, (_, i) => i));
    expect(new Set(lines.map(({ fold }) => fold))).toEqual(new Set(["1", "2", "3"]));
    expect(lines.every(({ row, truth }) => truth === ((Number(row) * 37) % 90 > 60 ? "yes" : "no"))).toBe(true);
    const right = lines.filter(({ truth, prediction }) => truth === prediction).length;
    expect(result?.folds).toMatchObject({ count: 3, scores: { accuracy: expect.closeTo(right / 90, 12) } });
    const likelier = lines.every(
      (line) => (Number(line["probability of yes"]) > 0.5 ? "yes" : "no") === line.prediction,
    );
    expect(likelier).toBe(true);
  });

  test("is interrupted as the training is, and resumed", async () => {
    const stop = new AbortController();
    const line = "train t.csv --target y --ignore big --recipe simple --epochs 2 --folds 2 --no-report";
    const onWrite = (text: string) => {
      if (text.startsWith("fold 1/2")) stop.abort();
    };
    const { out, code } = await runLine(line.split(" "), { cwd, signal: stop.signal, onWrite });
    expect([code, latest().result?.status]).toEqual([130, "interrupted"]);
    expect(out).toContain("The cross-validation was interrupted");
    expect(fs.existsSync(join(latest().path, "out-of-fold.csv"))).toBe(false);
    expect((await run("train --resume latest")).code).toBe(0);
    expect(latest().result).toMatchObject({ status: "finished", folds: { count: 2 } });
    expect(fs.existsSync(join(latest().path, "out-of-fold.csv"))).toBe(true);
  });

  test.each([
    ["--folds 1", /--folds is 1|whole number from 2 to 100/],
    ["--folds 3 --time a", /--folds tests on every row in turn, and --time says which/],
    ["--folds 3 --test t.csv", /--test or --validation FILE says which/],
  ])("%s is refused before anything is trained", async (flags, message) => {
    const before = fs.readdirSync(cwd).length;
    const { err, code } = await run(`train t.csv --target y ${flags}`);
    expect([code, fs.readdirSync(cwd).length]).toEqual([2, before]);
    expect(err).toMatch(message);
  });
});

describe("train --interval", () => {
  test("says the width and the coverage; predict writes low and high", async () => {
    const { out } = await run("train t.csv --target y --ignore big --interval 80% --epochs 3 --no-report");
    expect(spaced(out)).toMatch(
      /Intervals of 80%: the prediction plus or minus [\d.]+, by the errors on 14 validation rows, before the refit\. \d+% of 18 test rows are inside \(95% interval \d+ to \d+%\)\./,
    );
    const { interval } = latest().result!.decision!;
    expect(interval?.level).toBe(0.8);
    const lines = parsed((await run("predict latest t.csv")).out);
    for (const { prediction, low, high } of lines) {
      expect(Number(high) - Number(prediction)).toBeCloseTo(interval!.width, 9);
      expect(Number(prediction) - Number(low)).toBeCloseTo(interval!.width, 9);
    }
    const { err, code } = await run("train t.csv --target y --interval 99%");
    expect([code, err]).toEqual([2, expect.stringContaining("99% needs 99 validation rows, there are 14")]);
  });
});

describe("train --threshold", () => {
  test("is what predict goes by, and baselines are not compared by accuracy", async () => {
    const { out } = await run("train t.csv --target big --ignore y --threshold cost:1,9 --epochs 3");
    const { threshold } = latest().result!.decision!;
    expect(spaced(out)).toContain(`"yes" is predicted from a probability of`);
    expect(out.slice(out.indexOf("\n\n", out.indexOf("test rows")))).not.toMatch(/accuracy [\d.]+ \(|by accuracy/);
    const html = fs.readFileSync(join(latest().path, "report.html"), "utf8");
    const headline = html.slice(
      html.indexOf('class="headline"'),
      html.indexOf("</p>", html.indexOf('class="headline"')),
    );
    expect(headline).toMatch(/is predicted from a probability of/);
    expect(headline).not.toMatch(/accuracy [\d.]+ \(|by accuracy|balanced acc|best baseline/);
    const lines = parsed((await run("predict latest t.csv")).out);
    for (const line of lines) {
      expect(line.prediction).toBe(Number(line["probability of yes"]) >= threshold! ? "yes" : "no");
    }
    // All scores go by it, not only the rows of each class.
    const { scores } = JSON.parse((await run("evaluate latest --json")).out);
    expect(scores).toEqual(latest().result!.scores.test);
  });

  test.each([
    ["--target y --threshold f1", /--threshold is of two classes, and "y" is a number/],
    ["--target big --threshold 2", /--threshold/],
    ["--target y --loss quantile:2", /--loss/],
  ])("%s is refused", async (flags, message) => {
    const { err, code } = await run(`train t.csv ${flags}`);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});
