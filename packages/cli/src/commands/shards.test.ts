import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Preprocessing, TableModel } from "evenkeel/tabular";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shopRows } from "../../../../test/tableFixtures.ts";
import { listRuns, type Run, readMetrics } from "../records/runs/readRun.ts";
import { openDatabase } from "../tables/database.ts";
import { readTable } from "../tables/index.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-shards-"));
  const rows = shopRows(240);
  for (const [file, [from, to]] of [
    [0, 100],
    [100, 130],
    [130, 240],
  ].entries())
    writeShard(file, rows.slice(from, to));
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

function writeShard(file: number, rows: ReturnType<typeof shopRows>): void {
  const names = Object.keys(rows[0]);
  const lines = rows.map((row) => names.map((name) => row[name] ?? "").join(","));
  fs.writeFileSync(join(cwd, `shop-${file}.csv`), `${[names.join(","), ...lines].join("\n")}\n`);
}

/** Changes a line of a shard, which are counted from 1. */
function change(file: number, line: number, how: (text: string) => string): void {
  const path = join(cwd, `shop-${file}.csv`);
  const lines = fs.readFileSync(path, "utf8").split("\n");
  lines[line - 1] = how(lines[line - 1]);
  fs.writeFileSync(path, lines.join("\n"));
}

const columns = "--features size,weight,town,colour,new,day";
const shop = `train --shards shop-*.csv --target price ${columns} --recipe simple --hidden 8 --batch-size 16 --epochs 3`;

async function run(
  line: string,
  options: { signal?: AbortSignal; onWrite?: (text: string, out: string) => void } = {},
) {
  return runLine(line.split(" "), { cwd, ...options });
}
const runs = (folder = "runs"): Run[] => listRuns(join(cwd, folder)) as Run[];
const modelOf = ({ path }: Pick<Run, "path">) => fs.readFileSync(join(path, "model.safetensors"));

describe("train --shards", () => {
  test("trains on all rows, and says what comes from which; its model predicts", { timeout: 60_000 }, async () => {
    const { out, err, code } = await run(`${shop} --tensorboard --out model.safetensors`);
    expect([err, code]).toEqual(["", 0]);
    expect(out).toMatch(/price \(regression\) of shop-\*\.csv \(3 files\): 240 rows/);
    expect(out).toContain("154 rows to train on, 38 to validate, 48 to test; seed 0");
    // All training rows are in the sample.
    expect(out).not.toContain("sample");
    const [one] = runs();
    expect(one.result).not.toHaveProperty("sampledRows");
    expect(one).toMatchObject({
      status: "finished",
      config: { table: { rows: 240 }, split: { train: 154, validation: 38, test: 48 } },
    });
    expect(fs.existsSync(join(one.path, "report.html"))).toBe(true);
    const { record } = TableModel.load(modelOf(one));
    expect(record).toMatchObject({ rows: 240, sizes: { train: 154, validation: 38, test: 48 }, source: "shop-*.csv" });
    const predicted = await run("predict model.safetensors shop-1.csv --json");
    expect(JSON.parse(predicted.out)).toHaveLength(30);
  });

  test("says what a sample of the training rows is for", { timeout: 60_000 }, async () => {
    // So many columns that memory holds few rows; most are constant, and left out.
    const names = Array.from({ length: 400 }, (_, column) => `c${column}`);
    const lines = Array.from({ length: 1200 }, (_, row) =>
      names.map((_, column) => (column > 2 ? 1 : (row * (column + 3)) % 7)).join(","),
    );
    fs.writeFileSync(join(cwd, "wide.csv"), `${names.join(",")}\n${lines.join("\n")}\n`);
    const line = "train --shards wide.csv --target c0 --task regression --memory 512 --seed 1";
    const { out, err, code } = await run(`${line} --recipe simple --hidden 4 --epochs 1 --no-report`);
    expect([err, code]).toEqual(["", 0]);
    const said = out.replaceAll(/\s+/g, " ");
    expect(said).toContain("of a sample of 604; with 99% certainty no quantile is off by more than 6.6% of the rows");
    expect(said).toContain("The baselines had a sample of 604 training rows, the network all 799.");
    expect(said).toContain("recomputed over a sample of the training rows.");
    expect(runs()[0].result).toMatchObject({ sampledRows: 604 });
  });

  test("fits by means, deviations and categories of all training rows", { timeout: 60_000 }, async () => {
    // All rows validate or train, so that these follow from the whole table's.
    const { err, code } = await run(`${shop} --scale zscore --validation 0 --test 0 --no-report`);
    expect([err, code]).toEqual(["", 0]);
    const table = await readTable("shop-*.csv", { cwd });
    const { preprocessing, schema, record } = TableModel.load(modelOf(runs()[0]));
    const all = Int32Array.from({ length: 240 }, (_, i) => i);
    const exact = Preprocessing.fit(
      table,
      schema,
      all,
      (record.plan as { preprocessing: object }).preprocessing,
    ).toJSON();
    const digits = (value: unknown) =>
      JSON.parse(JSON.stringify(value), (_, one) => (typeof one === "number" ? Number(one.toPrecision(12)) : one));
    expect(digits(preprocessing.toJSON())).toEqual(digits(exact));
  });

  test("an interrupted run goes on to the bytes of one that was not", { timeout: 60_000 }, async () => {
    const line = `${shop} --no-report --window 1024`;
    expect(await run(`${line} --runs whole`)).toMatchObject({ code: 0 });
    const stop = new AbortController();
    const stopped = await run(line, {
      signal: stop.signal,
      onWrite: (_, out) => /^epoch +1\//m.test(out) && stop.abort(),
    });
    expect(stopped.code).toBe(130);
    expect(runs()[0].status).toBe("interrupted");
    expect(await run("train --resume latest")).toMatchObject({ code: 0, err: "" });
    expect(modelOf(runs()[0]).equals(modelOf(runs("whole")[0]))).toBe(true);
    expect(readMetrics(runs()[0].path)).toHaveLength(3);
    change(1, 5, (text) => text.replace("town", "TOWN"));
    expect((await run(`${shop} --no-report --seed 1 --runs other`)).code).toBe(0);
    fs.rmSync(join(runs("other")[0].path, "result.json"));
    change(1, 5, (text) => text.replace("TOWN", "town"));
    expect((await run("train --resume latest --runs other --take-over")).err).toMatch(/the shards are not those that/);
  });

  test("says in which line of which file something is wrong", { timeout: 60_000 }, async () => {
    const failed = async (line = `${shop} --no-report`) => (await run(line)).err.replaceAll(/\s+/g, " ");
    change(2, 50, (text) => `${text},more`);
    expect(await failed()).toContain("shop-2.csv, line 50: it has 11 fields, expected 10 as in the first line");
    writeShard(2, shopRows(50));
    change(1, 1, (text) => text.replace("town", "city"));
    expect(await failed()).toContain('shop-1.csv has no column "town", which shop-0.csv has');
    change(1, 1, (text) => text.replace("city", "town"));
    // Beyond the sample: all others are held.
    change(0, 7, (text) => text.replace(/^[\d.]+/, "big"));
    expect(await failed()).toMatch(
      /column "size" .*line 7 of shop-0\.csv.* "big"|column "size" holds "big" in line 7 of shop-0\.csv/,
    );
  });

  test("reads no column that is left out: it may hold what cannot be read", { timeout: 60_000 }, async () => {
    const database = await openDatabase({ memoryLimit: "256MB", threads: 1, temporary: join(cwd, "t"), cwd });
    const select = "SELECT 9007199254740993 + i AS id, sin(i) AS x, cos(i) AS z, 2 * sin(i) AS y FROM range(300) r(i)";
    await database.rows(`COPY (${select}) TO '${join(cwd, "big.parquet")}'`);
    await database.close();
    const line = "train --shards big.parquet --target y --recipe simple --hidden 4 --epochs 1 --no-report";
    expect((await run(line)).err.replaceAll(/\s+/g, " ")).toContain('column "id" has whole numbers beyond 2^53');
    expect(await run(`${line} --ignore id`)).toMatchObject({ code: 0, err: "" });
    expect(await run(`${line} --features x`)).toMatchObject({ code: 0, err: "" });
    expect((await run(`${line} --ignore id,zz`)).err).toContain('the table has no column "zz"');
    expect((await run(`${line} --ignore id,x --features x`)).err).toContain("is among --features and among --ignore");
  });

  test.each([
    ["shop-0.csv --shards shop-1.csv -t price", "a table and --shards exclude each other"],
    ["shop-0.csv -t price --memory 600", "--memory is for tables larger than memory"],
    ["--shards shop-0.csv -t price --folds 3", "--shards does not go with --folds"],
    ["--shards shop-0.csv -t price --group town", "--shards does not go with --group"],
    ["--shards shop-0.csv -t price --time day", "--shards does not go with --time"],
    ["--shards shop-0.csv -t price --limit 5", "--shards does not go with --limit"],
    ["--shards shop-0.csv -t price --test shop-1.csv", "--shards does not go with --validation or --test with a file"],
    ["--shards shop-0.csv -t price --model trees", "--shards is for networks, and --model is trees"],
    ["--shards shop-0.csv -t price --refit", "--refit trains on the validation rows too, which shards do not support"],
    ["--shards shop-0.csv -t kind --rare-classes drop", "--rare-classes drop needs the classes of all rows"],
  ])("refuses %s", async (line, reason) => {
    const { err, code } = await run(`train ${line}`);
    expect([err.includes(reason) || err, code]).toEqual([true, 2]);
  });
});
