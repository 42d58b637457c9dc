import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TableModel } from "evenkeel/tabular";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listRuns, type Run } from "../records/runs/readRun.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
const noise = (i: number, seed: number) => {
  const value = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return (value - Math.floor(value)).toFixed(4);
};

function write(name: string, rows: number, row: (i: number) => readonly (string | number)[], header: string): void {
  const lines = Array.from({ length: rows }, (_, i) => row(i).join(","));
  fs.writeFileSync(join(cwd, name), `${[header, ...lines].join("\n")}\n`);
}

const visit = (i: number) => [
  `P${i % 30}`,
  new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10),
  noise(i, 1),
  noise(i, 2),
  Number(noise(i % 30, 3)) + Number(noise(i, 4)) / 10,
];
const header = "person,day,a,b,y";

beforeAll(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-split-"));
  write("visits.csv", 180, visit, header);
  write("later.csv", 40, (i) => visit(i + 180), header);
  write("other.csv", 40, (i) => visit(i + 180).slice(1), "day,a,b,y");
  write("noise.csv", 450, (i) => [1, 2, 3, 4].map((seed) => noise(i % 150, seed)), "a,b,c,y");
  write("birds.csv", 120, (i) => [noise(i, 1), noise(i, 2), i === 7 ? "gull" : ["owl", "tit"][i % 2]], "a,b,y");
});
afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));

const quick = ["--recipe", "simple", "--hidden", "6", "--epochs", "2", "--no-report"];

async function train(line: string): Promise<{ run: Run; out: string }> {
  const args = ["train", ...line.split(" "), "--target", "y", ...quick];
  const { out, err, code } = await runLine(args, { cwd });
  expect({ err, code }).toEqual({ err: "", code: 0 });
  return { run: listRuns(join(cwd, "runs"))[0] as Run, out: out.replaceAll(/\s+/g, " ") };
}

async function said(...args: string[]): Promise<string> {
  const { out, err } = await runLine(args, { cwd });
  return (out + err).replaceAll(/\s+/g, " ");
}

const recordOf = (run: Run) => TableModel.load(fs.readFileSync(join(run.path, "model.safetensors"))).record;

describe("evenkeel train", () => {
  test("noise that is in the table three times is not predicted", async () => {
    const { run, out } = await train("noise.csv");
    expect(out).toContain("warning 300 of 450 rows are copies of 150 others");
    expect(run.result?.scores.test?.r2).toBeLessThan(0.1);
  });

  test("--group keeps a person on one side, and evaluate --part draws the same rows again", async () => {
    const { run, out } = await train("visits.csv --group person");
    expect(out).toContain("from day, a, b ");
    expect(out).toContain("114 rows to train on, 30 to validate, 36 to test");
    expect(recordOf(run).split).toEqual({ validation: 0.16, test: 0.2, group: "person" });
    expect(run.config.settings).toMatchObject({ split: { group: "person" } });
    const evaluated = JSON.parse((await runLine(["evaluate", run.id, "--part", "test", "--json"], { cwd })).out);
    expect(evaluated.scores.mae).toBeCloseTo(run.result?.scores.test?.mae ?? 0, 10);
    const hint = await train("visits.csv --ignore person");
    expect(hint.out).toContain('column "person" has 30 values in 180 rows');
    expect(hint.out).toContain("--group person keeps them in one part");
  });

  test("what is noticed names the line, in the file of a part too", async () => {
    write("gap.csv", 60, (i) => visit(i).with(1, i === 7 ? "" : visit(i)[1]), header);
    expect(await said("train", "gap.csv", "--target", "y", "--time", "day")).toContain("has no value in line 9;");
    write("odd.csv", 40, (i) => visit(i).with(2, i === 3 ? "oops" : "1"), header);
    const odd = await said("train", "visits.csv", "--target", "y", "--test", "odd.csv", ...quick);
    expect(odd).toContain('column "a" is numeric, but line 5 of odd.csv holds "oops"');
    write("comma.csv", 40, (i) => visit(i).with(2, `"${noise(i, 1).replace(".", ",")}"`), header);
    const comma = await said("train", "visits.csv", "--target", "y", "--test", "comma.csv", ...quick);
    expect(comma).toMatch(/column "a" is numeric, but line 2 of comma\.csv holds "0,\d{4}" \(40 rows/);
    const lost = await said("train", "visits.csv", "--target", "y", "--validation", "nowhere.csv");
    expect(lost).toContain("error: --validation: there is no file nowhere.csv");
  });

  test("a total in the last row is told once", async () => {
    const sum = Array.from({ length: 60 }, (_, i) => i + 1).reduce((a, b) => a + b);
    write("total.csv", 61, (i) => (i === 60 ? ["Total", sum, sum] : [`S${i % 7}`, i + 1, i + 1]), "shop,a,y");
    const { out } = await train("total.csv");
    expect(out).toContain('line 62: "Total" in the last row looks like a total; --skip-footer 1 leaves it out');
    expect(out).not.toContain("is called");
  });

  test("--time tests on the latest rows", async () => {
    const { run, out } = await train("visits.csv --time day --ignore person");
    expect(out).toContain("115 rows to train on, 29 to validate, 36 to test");
    expect(recordOf(run).split).toEqual({ validation: 0.16, test: 0.2, time: "day" });
  });

  test("--test and --validation take tables, and a run with them goes on and is evaluated", async () => {
    const { run, out } = await train("visits.csv --test later.csv --validation 0.25 --ignore person --schedule none");
    expect(out).toContain("135 rows to train on, 45 to validate, 40 to test");
    expect(recordOf(run).split).toBeUndefined();
    const evaluated = JSON.parse((await runLine(["evaluate", run.id, "later.csv", "--json"], { cwd })).out);
    expect(evaluated.scores.mae).toBeCloseTo(run.result?.scores.test?.mae ?? 0, 10);
    expect(await said("evaluate", run.id, "--part", "test")).toMatch(/does not say how its rows were split/);

    const both = await train("visits.csv --test later.csv --validation later.csv --ignore person");
    expect(both.out).toContain("180 rows to train on, 40 to validate, 40 to test");
    expect(await said("train", "--resume", run.id, "--epochs", "3")).toContain("epoch 3/3");
  });

  test("--rare-classes: a class of one row is left out unless it is kept", async () => {
    const { run, out } = await train("birds.csv");
    expect(out).toContain('1 row of the class "gull" left out, fewer than 2 of each; --rare-classes keep keeps them');
    expect(recordOf(run)).toMatchObject({ rareClasses: { dropped: ["gull"], merged: [] } });
    const evaluated = JSON.parse((await runLine(["evaluate", run.id, "--part", "test", "--json"], { cwd })).out);
    expect(evaluated.scores.logLoss).toBeCloseTo(run.result?.scores.test?.logLoss ?? 0, 10);
    expect(await said("evaluate", run.id)).toContain("note: 1 row without a value");
    expect((await train("birds.csv --rare-classes keep")).run.config.classes).toEqual(["gull", "owl", "tit"]);
  });

  test.each([
    ["--test nowhere.csv", /there is no file nowhere\.csv/],
    [
      "--test 20%",
      /argument '20%' is invalid. Expected a share from 0 up to, but not including, 1, or a table of the same columns/,
    ],
    ["--test 0,2", /argument '0,2' is invalid/],
    ["--test 1.5", /argument '1.5' is invalid/],
    ["--test other.csv", /--test: other\.csv has no column "person", which visits\.csv has; it has day, a, b, y/],
    ["--validation -", /--validation takes a file, not standard input/],
    [
      "--test later.csv --group person",
      /--group: the group "P\d+" of "person" has rows in (train|validation) and in test/,
    ],
    ["--group person --time day", /either by --group or by --time/],
    ["--group preson", /--group: the table has no column "preson" \(did you mean "person"\?\)/],
    [
      "--time person",
      /--time: column "person" holds neither dates nor numbers; say how its dates are written in --kind/,
    ],
    ["--rare-classes join", /Allowed choices are drop, merge, keep/],
  ])("%s is refused", async (line, message) => {
    const args = ["train", "visits.csv", "--target", "y", ...line.split(" "), ...quick];
    const { out, err, code } = await runLine(args, { cwd });
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toMatch(message);
  });
});

test("predict warns of a column that is empty where training had values", async () => {
  await train("visits.csv --ignore person,day --out model.safetensors");
  write("empty.csv", 5, (i) => ["", noise(i, 2)], "a,b");
  const { err, code } = await runLine(["predict", "model.safetensors", "empty.csv"], { cwd });
  expect(code).toBe(0);
  expect(err).toBe(
    'warning: "a" is empty in all 5 rows, and in training had values: is it called otherwise, or written in another way?\n',
  );
});

const study = ["study", "visits.csv", "-t", "y", "--seeds", "1", "--epochs", "1", "--lr", "0.01", "--hidden", "4"];
const small = [
  "--details",
  "--rows",
  "none",
  "--norms",
  "none,batch",
  "--dropout",
  "0",
  "--threads",
  "1",
  "--no-report",
];

test("a study leaves out a class of one row, unless it is kept", async () => {
  const birds = study.map((word) => word.replace("visits", "birds"));
  expect(await said(...birds, ...small, "--out", "birds")).toContain('1 row of the class "gull" left out');
  const kept = await said(...birds, ...small, "--rare-classes", "keep", "--out", "kept");
  expect(kept).toContain('the target "y" has a single row of "gull"');
  const config = JSON.parse(fs.readFileSync(join(cwd, "kept", "study.json"), "utf8"));
  expect(config).toMatchObject({ rareClasses: "keep" });
});

test("a study splits by group and time", async () => {
  const grouped = await said(...study, ...small, "--group", "person", "--out", "grouped");
  expect(grouped).toContain("predicted from day, a, b ");
  expect(grouped).toContain("networks on 114 training rows");
  expect(await said(...study, ...small, "--time", "day", "--out", "timed")).toContain("networks on 115 training rows");
});
