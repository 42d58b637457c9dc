import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { loadCheckpoint, loadSafetensors, saveCheckpoint } from "evenkeel/io";
import { splitRows, TableModel } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shopRows } from "../../../../test/tableFixtures.ts";
import { version } from "../../../evenkeel/src/core/index.ts";
import { listRuns, type Run, readMetrics, readRun } from "../records/runs/readRun.ts";
import { readTable } from "../tables/index.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-train-"));
  writeShop();
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

function writeShop(rows = shopRows(80)): void {
  const names = Object.keys(rows[0]);
  const lines = rows.map((row) => names.map((name) => row[name] ?? "").join(","));
  fs.writeFileSync(join(cwd, "shop.csv"), `${[names.join(","), ...lines].join("\n")}\n`);
}

async function run(
  line: string | readonly string[],
  { signal, onOut }: { signal?: AbortSignal; onOut?: (out: string) => void } = {},
) {
  const args = typeof line === "string" ? line.split(" ") : line;
  return runLine(["train", ...args], { cwd, signal, onWrite: (_, out) => onOut?.(out) });
}

const columns = "--features size,weight,town,colour,new,day";
const shop = `shop.csv --recipe simple --target price ${columns} --hidden 8,6 --batch-size 16 --no-report`;
const runs = (folder = "runs"): Run[] => listRuns(join(cwd, folder)) as Run[];
const bytes = (path: string) => fs.readFileSync(path);
const modelOf = ({ path }: Pick<Run, "path">) => bytes(join(path, "model.safetensors"));
const metricsOf = ({ path }: Pick<Run, "path">) => readMetrics(path).map((line) => ({ ...line, seconds: 0 }));

/** The model and metrics of a training that nothing interrupts. */
async function uninterrupted(line: string): Promise<Run> {
  expect(await run(`${line} --runs whole`)).toMatchObject({ code: 0 });
  return runs("whole")[0];
}

/** What another command writes, on one line. */
async function said(...args: string[]): Promise<string> {
  const { out, err } = await runLine(args, { cwd });
  return (out + err).replaceAll(/\s+/g, " ");
}

/** A signal that is aborted after an epoch was reported, in the lines for a pipe. */
function abortAfter(epoch: number) {
  const controller = new AbortController();
  const onOut = (out: string) => {
    if (new RegExp(`^epoch +${epoch}/`, "m").test(out)) controller.abort();
  };
  return { signal: controller.signal, onOut };
}

describe("evenkeel train", () => {
  test("writes the run, says how good it is, and a report", { timeout: 60_000 }, async () => {
    const { out, code } = await run(shop.replace(" --no-report", " --epochs 3 --tensorboard --out model.safetensors"));
    expect(code).toBe(0);
    const [one] = runs();
    const files = fs.readdirSync(one.path).map((name) => name.replace(/(tfevents).*/, "$1"));
    expect(files.sort()).toEqual([
      ...["checkpoint.safetensors", "config.json", "events.out.tfevents", "metrics.jsonl", "model.safetensors"],
      ...["owner-1.json", "report.html", "result.json"],
    ]);
    expect(one).toMatchObject({ status: "finished", result: { epochs: 3, bestEpoch: 3 } });
    expect(one.config).toMatchObject({
      ...{ target: "price", task: "regression", seed: 0, split: { train: 51, validation: 13, test: 16 } },
      table: { source: "shop.csv", rows: 80, columns: 10 },
      settings: { epochs: 3, batchSize: 16, network: { hidden: [8, 6], dropout: 0.15 }, schedule: "onecycle" },
    });
    expect(readMetrics(one.path).map(({ stage, epoch, step }) => [stage, epoch, step])).toEqual([
      ...[1, 2, 3].map((epoch) => [undefined, epoch, 4 * epoch]),
      ...[1, 2, 3].map((epoch) => ["refit", epoch, 4 * epoch]),
    ]);
    expect(readMetrics(one.path)[0].validation).toHaveProperty("mae");
    expect(loadCheckpoint(bytes(join(one.path, "checkpoint.safetensors"))).epoch).toBe(3);
    expect(bytes(join(one.path, "report.html")).toString()).toMatch(/^<!doctype html>[\s\S]*price/i);
    expect(bytes(join(cwd, "model.safetensors")).equals(modelOf(one))).toBe(true);
    // For people, in a pipe: whole lines.
    expect(out).toMatch(/price \(regression\) of shop\.csv: 80 rows/);
    expect(out).toContain("51 rows to train on, 13 to validate, 16 to test; seed 0");
    expect(out.match(/^epoch \d\/3 {2}MAE/gm)).toHaveLength(3);
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /A baseline is better than the network on the test rows: MAE [\d.]+ \([\d.]+ to [\d.]+\), ridge [\d.]+: \d+ times as much \(\d+ to \d+\)/,
    );
    const rows = out.slice(out.indexOf("16 test rows"), out.indexOf("\n\n", out.indexOf("16 test rows"))).split("\n");
    expect(rows.slice(2).map((row) => row.slice(0, 14).trim())).toEqual([
      ...["this network", "95% interval", "ridge", "trees"],
    ]);
    expect(out).toContain(`\nWrote model.safetensors\n      runs/${one.id}/report.html\n`);
    expect(out).not.toMatch(/\p{Cc}(?<!\n)|undefined|NaN/u);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(Math.max(80, one.path.length));
  });

  test("errors of a table name the lines of its file, and of a file of test rows", async () => {
    const rows = shopRows(80);
    const spoilt = rows.map((row, i) => (i === 17 ? { ...row, size: "oops" } : row));
    writeShop(spoilt);
    expect((await run(shop)).err).toMatch(/column "size" is numeric, but line 19 holds "oops"/);
    fs.renameSync(join(cwd, "shop.csv"), join(cwd, "new.csv"));
    writeShop(rows);
    const { err } = await run(`${shop} --test new.csv`);
    expect(err).toMatch(/column "size" is numeric, but line 19 of new\.csv holds "oops"/);
  });

  test("a table that ends early trains nothing", async () => {
    const lines = Array.from({ length: 300_000 }, (_, i) => `${i % 97},${(i * 7919) % 1_000_003}`);
    const packed = gzipSync(`price,size\n${lines.join("\n")}\n`);
    fs.writeFileSync(join(cwd, "cut.csv.gz"), packed.subarray(0, packed.length / 2));
    expect(await run("cut.csv.gz --target price --epochs 1")).toMatchObject({
      ...{ code: 2, out: "" },
      err: expect.stringMatching(/^(?:error: )?cut\.csv\.gz/),
    });
    expect(fs.readdirSync(cwd).sort()).toEqual(["cut.csv.gz", "shop.csv"]);
  });

  test("a small table is trained on twice, and everything says which figures are of which training", async () => {
    const line = shop.replace(" --no-report", " --epochs 3");
    const { out } = await run(line);
    const { out: once } = await run(`${line} --no-refit --runs once`);
    const [[one], [plain]] = [runs(), runs("once")];
    expect(out).toMatch(/3 epochs; then a refit on 64 rows, the\s+validation rows too\n/);
    expect(out.match(/^refit \d\/3 {2}train MAE [\d.]+/gm)).toHaveLength(3);
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /; then a refit on 64 rows, those of training and validation, in [\d.]+ s; kept its weights\./,
    );
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /MAE: [\d.]+ on the training rows, [\d.]+ on the validation rows before the refit, [\d.]+ on the test rows\./,
    );
    expect(once).not.toContain("refit");
    expect(once).toMatch(/^3 epochs in [\d.]+ s; kept the weights of the last\./m);
    expect(one.result).toMatchObject({ epochs: 3, refit: { rows: 64, epochs: 3, kept: true } });
    expect(plain.result).not.toHaveProperty("refit");
    expect(one.result?.scores.validation).toEqual(plain.result?.scores.validation);
    expect(one.result?.scores.test).not.toEqual(plain.result?.scores.test);
    const page = ({ path }: Run) => bytes(join(path, "report.html")).toString().replaceAll(/\s/g, " ");
    expect(page(one)).toContain("on the 64 training and validation rows together (refit).");
    expect(page(one)).toContain("validation before the refit, statistics as trained");
    expect(page(one)).not.toMatch(/The weights of epoch|kept: 3/);
    expect(page(plain)).toContain("The weights of epoch 3 were kept.");
    expect(page(plain)).not.toContain("refit,");
    const shown = await said("runs", "show", one.id);
    expect(shown).toContain("3 epochs, then a refit on 64 rows, whose weights it has, ");
    expect(shown).toContain("validation: this network before the refit");
    expect(await said("runs", "list")).toContain("Validation scores of runs with a refit are from before it.");
    expect(await said("runs", "list", "--runs", "once")).not.toContain("refit");
    await run(`${shop} --epochs 3 --seed 1 --no-refit`);
    expect(await said("runs", "compare", one.id, "latest")).toContain(
      `Validation scores are from before the refit: ${one.id}.`,
    );
    const inspected = await said("inspect", one.id);
    expect(inspected).toContain("seed 0, refit on 64 rows, those of training and validation");
    expect(inspected).toContain("validation: the model before the refit");
  });

  test("a refit that fails leaves the training before it, and everything says so", async () => {
    const table = await readTable("shop.csv", { cwd });
    const rows = shopRows(80).map((row) => ({ ...row }));
    const { split } = await trainTable(table, { target: "price", features: columns.slice(11).split(","), epochs: 1 });
    rows[split.validation[4]].size = 1e10; // more than plain gradient descent on columns as they are can be given
    writeShop(rows);
    const wild = `${shop.replace(" --no-report", "")} --epochs 3 --norm none --scale none --optimizer sgd --lr 0.001`;
    const { out, code } = await run(wild);
    await run(`${wild} --no-refit --runs once`);
    const [[one], [plain]] = [runs(), runs("once")];
    expect(code).toBe(0);
    const text = out.replaceAll(/\s+/g, " ");
    expect(text).toContain("; the refit failed after 0 of 3 epochs; kept the weights from before it.");
    expect(text).toMatch(/ In the refit the loss is (Infinity|NaN) at epoch 1, train batch \d .* --clip-grad-norm\. /);
    expect(out).not.toContain("before the refit");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(Math.max(80, one.path.length));
    const error = expect.stringMatching(/^the loss is /);
    expect(one).toMatchObject({ status: "finished", result: { refit: { rows: 64, epochs: 0, kept: false, error } } });
    expect(one.result?.scores).toEqual(plain.result?.scores);
    const weights = (run: Run) => TableModel.load(modelOf(run)).network.stateDict();
    expect(weights(one)).toEqual(weights(plain));
    const found =
      /warning<\/span>: the refit on 64 rows failed: the loss is .* The model is that of the training before it</;
    const page = bytes(join(one.path, "report.html")).toString();
    expect(page).toMatch(found);
    expect(page).toContain("The weights of epoch 3 were kept.");
    expect(page).not.toContain("(refit)");
    const shown = await said("runs", "show", one.id);
    expect(shown).toContain("3 epochs, then 0 epochs of a refit, which failed, ");
    expect(shown).toContain("warning: the refit on 64 rows failed: the loss is");
    expect(await said("inspect", one.id)).not.toContain("refit on");
    expect((await run("--resume latest")).err).toMatch(/has finished: there is nothing to resume/);
  });

  test("without test rows a refit's report shows how the training before it does on the validation rows", async () => {
    const line = shop.replace(" --no-report", " --epochs 3 --test 0");
    await run(`${line} --refit`);
    await run(`${line} --runs once`);
    const [[one], [plain]] = [runs(), runs("once")];
    expect([one.result?.refit?.rows, plain.result?.refit]).toEqual([80, undefined]);
    expect(one.result?.scores.validation).toEqual(plain.result?.scores.validation);
    // Charts of errors and of what it looks at, drawn from equal figures.
    const drawn = ({ path }: Run) =>
      bytes(join(path, "report.html"))
        .toString()
        .match(/<svg[\s\S]*?<\/svg>/g)
        ?.slice(2);
    expect(drawn(one)).toHaveLength(3);
    expect(drawn(one)).toEqual(drawn(plain));
  });

  test("the model says how it came about, without dates or paths, so that equal trainings give equal files", async () => {
    for (const folder of ["a", "b"]) await run(`${shop} --epochs 2 --seed 3 --test 0.25 --runs ${folder}`);
    const [[a], [b]] = [runs("a"), runs("b")];
    expect(modelOf(a).equals(modelOf(b))).toBe(true);
    const { record, schema } = TableModel.load(modelOf(a));
    expect(record).toMatchObject({
      ...{ evenkeel: version, source: "shop.csv", rows: 80, target: "price", seed: 3, epochs: 2, keptEpoch: 2 },
      ...{ fingerprint: a.config.recipe.fingerprint, scores: a.result?.scores, baselines: a.result?.baselines },
      ...{ statistics: a.result?.batchNorm?.kept, split: { validation: 0.16, test: 0.25 } },
    });
    expect(JSON.stringify(record)).not.toMatch(/tmp|20\d\d-/);
    const table = await readTable("shop.csv", { cwd });
    const again = splitRows(table, schema, { seed: 3, ...(record.split as object) });
    expect(again.test).toHaveLength(a.config.split.test);
    const sql = "select * from 'shop.csv' where size > 2";
    await run(["--sql", sql, ...shop.split(" ").slice(1), "--epochs", "1", "--runs", "query"]);
    const queried = TableModel.load(modelOf(runs("query")[0])).record;
    expect(queried).toMatchObject({ sql, rows: runs("query")[0].config.table.rows });
    expect(queried).not.toHaveProperty("source");
  });

  test("--json: the result alone on standard output", async () => {
    const { out, err } = await run(`${shop} --epochs 1 --json`);
    const { run: id, path, result } = JSON.parse(out);
    expect(readRun(path)).toMatchObject({ id, status: "finished", result: JSON.parse(JSON.stringify(result)) });
    expect(result.scores.test.mae).toBeGreaterThan(0);
    expect(Object.keys(result.baselines)).toEqual(["mean", "median", "ridge", "trees"]);
    expect(err).toMatch(/epoch 1\/1/);
  });

  test("without test or validation rows everything says what the rows are that are shown", async () => {
    const line = shop.replace(" --no-report", " --epochs 2 --test 0");
    const page = () => bytes(join(runs()[0].path, "report.html")).toString();
    expect((await run(line)).out).toMatch(/\n13 validation rows +MAE[\s\S]*on the\s+validation rows/);
    expect(page()).toContain("on 13 validation rows.");
    expect(page()).toMatch(/On the 13 validation rows, by which choices were made/);
    fs.rmSync(join(cwd, "runs"), { recursive: true });
    const { out } = await run(`${line} --validation 0`);
    expect(out).toMatch(/^epoch 2\/2 {2}train MAE/m);
    expect(readMetrics(runs()[0].path).map(({ validation }) => validation)).toEqual([undefined, undefined]);
    expect(page()).toContain("on 80 training rows.");
    expect(page()).not.toMatch(/test row|NaN|<span class="figure">–/i);
  });

  test("classes with weights, kinds of columns, other parts of the network", async () => {
    const flags =
      "--recipe simple --class-weights yes=3 --kind new=category --norm layer --activation gelu --dropout 0 --no-early-stopping";
    const { code, out } = await run(`shop.csv -t sold ${columns} --epochs 2 --no-report ${flags} --weight-decay 1.5`);
    expect(code).toBe(0);
    const { config, result } = runs()[0];
    expect(config).toMatchObject({
      task: "binary",
      classes: ["no", "yes"],
      settings: { classWeights: { yes: 3 }, weightDecay: 1.5, loss: "crossEntropy" },
    });
    expect(result?.scores.test).toHaveProperty("logLoss");
    expect(result?.batchNorm).toBeUndefined();
    expect(out).toContain("layer normalization, gelu");
  });

  test.each<[string, string, RegExp]>([
    ["no target", "shop.csv", /^say which column to predict with --target; there are size, weight, town/],
    ["an unknown column", "shop.csv -t prize", /^--target: the table has no column "prize" \(did you mean "price"\?\)/],
    ["an unknown feature", "shop.csv -t price --features sise", /^--features: .*"sise" \(did you mean "size"\?\)/],
    [
      "an unknown kind",
      "shop.csv -t price --kind size=big",
      /--kind[\s\S]*"size" is "big", expected one of numeric, category/,
    ],
    ["an unknown column's kind", "shop.csv -t price --kind sise=numeric", /did you mean "size"/],
    ["no table", "-t price", /^there is no table to read; name one, or give a query with --sql/],
    ["no such file", "shopp.csv -t price", /shopp\.csv.*did you mean|no file/s],
    ["a flag that is none", "shop.csv --epoch 3", /unknown option '--epoch'[\s\S]*--epochs/],
    ["half an epoch", "shop.csv --epochs 0.5", /--epochs[\s\S]*whole number of at least 1/],
    ["a rate of nothing", "shop.csv --lr 0", /--lr[\s\S]*above 0/],
    ["a share of more than all", "shop.csv --test 1", /--test[\s\S]*share from 0 up to, but not including, 1/],
    [
      "too large shares",
      "shop.csv -t price --test 0.6 --validation 0.5",
      /^--validation 0\.5 and --test 0\.6 are 1\.1 together, which leaves nothing/,
    ],
    ["an unknown choice", "shop.csv --norm group", /--norm[\s\S]*none, batch, layer/],
    [
      "widths of nothing",
      "shop.csv --hidden 8,0",
      /--hidden[\s\S]*Value 2 is 0, expected a whole number from 1 to 65536/,
    ],
    [
      "a batch of one",
      "shop.csv -t price --recipe simple --batch-size 1",
      /^batch normalization cannot train with --batch-size 1; use 2 or more, or another --norm/,
    ],
    [
      "folds for a refit that there is not",
      "shop.csv -t price --no-refit --length-folds 5",
      /^--length-folds 5 says how long the refit is to train, and there is none; leave --length-folds out/,
    ],
    [
      "a refit without rows to add",
      "shop.csv -t price --refit --validation 0",
      /^--refit has no validation rows to add; leave --refit out/,
    ],
    [
      "weights of a number",
      "shop.csv -t price --class-weights balanced",
      /^--class-weights are given, but "price" is a number/,
    ],
    [
      "weights of no class",
      "shop.csv -t sold --class-weights Yes=2",
      /^--class-weights names the class "Yes"; there are no, yes/,
    ],
    [
      "weights without a class",
      "shop.csv -t sold --class-weights 2",
      /--class-weights[\s\S]*Expected class=factor, or none, or balanced/,
    ],
    ["weights below 0", "shop.csv -t sold --class-weights yes=-2", /--class-weights[\s\S]*above 0/],
    ["a table too small", "shop.csv -t price --limit 5", /at least 10/],
    [
      "an --out in no folder",
      "shop.csv -t price --out no/model.safetensors",
      /^cannot write no\/model\.safetensors: its folder does not exist$/,
    ],
    ["an --out that is a folder", "shop.csv -t price --out .", /^cannot write \.: it is a folder/],
    ["--runs that is a file", "shop.csv -t price --runs shop.csv", /^--runs: no run can be recorded in/],
    ["nothing to resume", "--resume latest", /there is no folder .*runs/],
  ])("misuse: %s", async (_, line, message) => {
    const { code, err, out } = await run(line);
    expect(err.replace(/^error: /, "").replace(/\n\(--help lists the options\)\n$/, "")).toMatch(message);
    expect(code).toBe(2);
    expect(out.replace(/[\s\S]*\n\n/, "")).toBe("");
    expect(fs.readdirSync(cwd)).toEqual(["shop.csv"]);
  });

  test("a loss that is no number: one message, and the run says why it failed", async () => {
    const wild = "--norm none --lr 1e30 --schedule none --epochs 5";
    const { code, err } = await run(`${shop} ${wild}`);
    expect(code).toBe(1);
    expect(err).toMatch(/the loss is NaN at epoch \d|a gradient is not finite/);
    expect(runs()[0].status).toBe("failed");
    expect(err).toBe(`error: ${runs()[0].result?.error}\n`);
  });
});

describe("going on", () => {
  test("an interrupt keeps the best model and says how to go on, to the bytes of a training without one", async () => {
    const line = `${shop} --epochs 10`;
    const whole = await uninterrupted(line);
    const { out } = await run(line, abortAfter(4));
    const [one] = runs();
    expect(one).toMatchObject({ status: "interrupted", result: { epochs: 4 } });
    expect(out).toMatch(/4 epochs in .* s, then interrupted; kept the weights of/);
    expect(out).toContain(`Resume with: evenkeel train --resume ${one.id}\n`);
    const model = TableModel.load(modelOf(one));
    expect(model.record).toMatchObject({ epochs: 4, keptEpoch: one.result?.bestEpoch });
    // Interrupted once more, and then to the end.
    const again = abortAfter(7);
    const statuses = new Set<string>();
    const onOut = (text: string) => {
      if (text.includes("epoch")) statuses.add(runs()[0].status);
      again.onOut(text);
    };
    await run("--resume latest --no-report", { ...again, onOut });
    expect([...statuses]).toContain("running");
    expect(runs()[0]).toMatchObject({ id: one.id, status: "interrupted", result: { epochs: 7 } });
    const last = await run("--resume latest --no-report --out copy.safetensors");
    expect(last.code).toBe(0);
    expect(last.out).not.toContain("epoch  4/10");
    expect(runs()).toHaveLength(1);
    expect(runs()[0].status).toBe("finished");
    expect(modelOf(one).equals(modelOf(whole))).toBe(true);
    expect(bytes(join(cwd, "copy.safetensors")).equals(modelOf(whole))).toBe(true);
    expect(metricsOf(one)).toEqual(metricsOf(whole));
  });

  test("an interrupt during the refit keeps the first training's model, and it goes on to the same bytes", async () => {
    const line = `${shop} --epochs 6`;
    const whole = await uninterrupted(line);
    expect(await run(`${line} --no-refit --runs once`)).toMatchObject({ code: 0 });
    const weights = (of: Run) => loadSafetensors(modelOf(of)).tensors;
    for (const [epoch, done] of [
      ["epoch +6", 0],
      ["refit +4", 4],
    ] as const) {
      const controller = new AbortController();
      const onOut = (text: string) => {
        if (new RegExp(`^${epoch}/`, "m").test(text)) controller.abort();
      };
      const { out } = await run(done === 0 ? line : "--resume latest --no-report", {
        signal: controller.signal,
        onOut,
      });
      const [one] = runs();
      expect(one).toMatchObject({ status: "interrupted", result: { epochs: 6, refit: { epochs: done, kept: false } } });
      expect(out).toMatch(
        /the refit was interrupted after \d of 6 epochs;\s+kept\s+the\s+weights\s+from\s+before\s+it\./,
      );
      expect(out).toContain(`Resume with: evenkeel train --resume ${one.id}\n`);
      expect(weights(one)).toEqual(weights(runs("once")[0]));
      expect(one.result?.scores).toEqual(runs("once")[0].result?.scores);
    }
    const last = await run("--resume latest --no-report");
    expect(last.out).not.toMatch(/^epoch|^refit +[1-4]\//m);
    const [one] = runs();
    expect(one.status).toBe("finished");
    expect(modelOf(one).equals(modelOf(whole))).toBe(true);
    expect(metricsOf(one)).toEqual(metricsOf(whole));
    expect({ ...one.result, seconds: 0 }).toEqual({ ...whole.result, seconds: 0 });
  });

  test("before the first epoch is over there is no model, and it begins again", async () => {
    const whole = await uninterrupted(`${shop} --epochs 2`);
    const controller = new AbortController();
    const onOut = () => controller.abort();
    const { out, code } = await run(`${shop} --epochs 2`, { signal: controller.signal, onOut });
    expect(code).toBe(130);
    expect(out).toMatch(/there is no model yet\.\nResume with: evenkeel train --resume/);
    expect(runs()[0]).toMatchObject({ status: "interrupted", result: { epochs: 0 } });
    expect(runs()[0].result?.scores).toEqual({});
    expect(fs.existsSync(join(runs()[0].path, "model.safetensors"))).toBe(false);
    await run("--resume latest --no-report");
    expect(modelOf(runs()[0]).equals(modelOf(whole))).toBe(true);
  });

  test("more epochs, where the schedule does not end with them, again and again", async () => {
    const line = `${shop} --schedule none --no-early-stopping`;
    const whole = await uninterrupted(`${line} --epochs 6`);
    await run(`${line} --epochs 2`);
    expect((await run("--resume latest --no-report --epochs 1")).err).toContain("has 2 finished epochs");
    await run("--resume latest --no-report --epochs 6", abortAfter(3));
    expect(runs()[0].config).toMatchObject({ settings: { epochs: 6 }, recipe: { options: { epochs: 6 } } });
    await run("--resume latest --no-report");
    expect(modelOf(runs()[0]).equals(modelOf(whole))).toBe(true);
  });

  test("is refused for a run that has finished, that nobody knows, with other options or epochs, of another table", async () => {
    await run(`${shop} --epochs 4`, abortAfter(2));
    const [{ id, path }] = runs();
    const before = fs.readdirSync(path).map((name) => bytes(join(path, name)));
    const refused = async (line: string, message: RegExp) => {
      const { code, err } = await run(line);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    };
    await refused("--resume 1999", /no run has an id that begins with "1999"; the nearest is .*runs list/);
    await refused("shop.csv --resume latest", /leave the table out/);
    await refused("--resume latest --lr 0.1", /leave --lr out/);
    await refused("--resume latest --batch-size 8", /leave --batch-size out/);
    await refused("--resume latest --epochs 8", /the schedule onecycle ends with the epochs that it was planned for/);
    writeShop(shopRows(80).map((row, i) => (i === 40 ? { ...row, size: 3.25 } : row)));
    await refused(`--resume ${id}`, /the table is not the one that .* began with: shop\.csv has changed/);
    writeShop();
    expect(fs.readdirSync(path).map((name) => bytes(join(path, name)))).toEqual(before);
    const checkpoint = join(path, "checkpoint.safetensors");
    const { history = [], ...rest } = loadCheckpoint(bytes(checkpoint));
    fs.writeFileSync(checkpoint, saveCheckpoint({ ...rest, history: history.map((one) => ({ ...one, epoch: 9 })) }));
    await refused("--resume latest", /the checkpoint of the run .* does not fit its training: .*; train again/);
    fs.writeFileSync(checkpoint, "nonsense");
    await refused("--resume latest", /the checkpoint of the run .* cannot be read/);
    fs.rmSync(join(path, "checkpoint.safetensors"));
    expect((await run("--resume latest --no-report")).code).toBe(0);
    await refused("--resume latest", /has finished: there is nothing to resume/);
  });

  test("a run whose process is killed at any moment is finished to the same bytes", { timeout: 90_000 }, async () => {
    const line = `${shop} --epochs 200 --schedule cosine`;
    const whole = await uninterrupted(line);
    const program = join(cwd, "train.mts");
    const source = fileURLToPath(new URL("./train.ts", import.meta.url));
    // Each of its eleven lines about epochs takes 300 ms, so that it lives long enough on any
    // machine.
    fs.writeFileSync(
      program,
      `import { trainCommand } from ${JSON.stringify(source)};
const write = (text) => {
  process.stdout.write(text);
  if (text.startsWith("epoch")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
};
const output = { write, writeError: () => {}, colors: new Proxy({}, { get: () => String }) };
await trainCommand({ output, cwd: ${JSON.stringify(cwd)}, environment: {} }).parseAsync(process.argv.slice(2), { from: "user" });
`,
    );
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    /**
     * Starts a process, and kills it once `until` holds, at some moment of the next tenth of a
     * second.
     */
    const killed = async (args: readonly string[], until: (out: string) => boolean) => {
      const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
        cwd: root,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let out = "";
      child.stdout.on("data", (text) => {
        out += String(text);
      });
      const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      while (child.exitCode === null && !until(out)) await sleep(5);
      await sleep(100 * Math.random());
      child.kill("SIGKILL");
      expect(await ended, out).toBe("SIGKILL");
    };
    const resume = ["--resume", "latest", "--no-report"];
    const saved = () => fs.existsSync(join(runs()[0].path, "checkpoint.safetensors"));
    await killed(line.split(" "), (out) => out.includes("epoch "));
    await killed(resume, saved);
    await killed(resume, (out) => out.includes("epoch "));
    const [one] = runs();
    expect(one.status).toBe("interrupted");
    const { out, code } = await run(resume);
    expect(code).toBe(0);
    expect(out).not.toMatch(/^epoch +1\//m);
    expect(modelOf(one).equals(modelOf(whole))).toBe(true);
    expect(metricsOf(one)).toEqual(metricsOf(whole));
  });
});
