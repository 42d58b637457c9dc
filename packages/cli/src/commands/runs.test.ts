import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NewRun, RunFolder } from "../records/runs/runFolder.ts";
import type { RunResult } from "../records/runs/types.ts";
import { StudyFolder } from "../records/studies/studyFolder.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-runs-command-"));
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

const run = (args: readonly string[], colors = false) => runLine(["runs", ...args], { cwd, colors });

/** Records a run whose errors grow with its number. */
function record(number: number, changes: Partial<NewRun> = {}, result: Partial<RunResult> = {}): string {
  const scores = (factor: number) => ({
    test: { mae: 2 * factor, r2: 0.9 / factor },
    validation: { mae: (10 - number) * factor, r2: 0.8 / factor },
  });
  const folder = RunFolder.create(
    join(cwd, "runs"),
    {
      command: ["train", "mpg.csv"],
      table: { source: "mpg.csv", rows: 392 },
      target: "MPG",
      task: "regression",
      seed: 0,
      split: { train: 251, validation: 63, test: 78 },
      settings: { lr: 0.01 * number, network: { hidden: [64, 32] } },
      recipe: { source: "mpg", read: {}, options: { target: "mpg" }, fingerprint: "0123456789abcdef" },
      ...changes,
    },
    new Date(2026, 0, number),
  );
  folder.appendMetrics({ epoch: 1, step: 8, seconds: 0.1, learningRate: 0.01, train: { loss: 3 } });
  folder.writeResult({
    status: "finished",
    epochs: 100,
    bestEpoch: 81,
    seconds: 75.2,
    scores: scores(number),
    baselines: { "ridge regression": scores(10) },
    batchNorm: { asTrained: scores(number + 0.5), recomputed: scores(number), kept: "recomputed" },
    findings: [{ severity: "warning", code: "missing", message: "Horsepower lacks 6 values" }],
    ...result,
  });
  return folder.id;
}

describe("runs list", () => {
  test("the newest first; or by a metric, the best first; damaged folders with the reason", async () => {
    const ids = [1, 2, 3].map((number) => record(number));
    fs.mkdirSync(join(cwd, "runs", "evil\u001b[2J"));
    const { out, code } = await run(["list"]);
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toMatch(/^run +status +target +rows +epochs +time +validation +test/);
    expect(out.split("\n")[2]).toMatch(
      new RegExp(`^${ids[2]} +finished +MPG +392 +100 +1 min 15 s +MAE 21.0 +MAE 6.00`),
    );
    expect(out).toContain("1 folder that cannot be read as a run:\n  evil\ufffd[2J: it has no config.json");
    expect(out).not.toContain("\u001b");

    const order = async (...args: string[]) =>
      (JSON.parse((await run(["list", "--json", ...args])).out) as { id: string }[]).map(({ id }) => id);
    expect(await order("--limit", "3")).toEqual([ids[2], ids[1], ids[0]]);
    // validation errors are 9, 16, 21; R² falls with the number
    expect((await order("--sort", "mae")).slice(0, 3)).toEqual([ids[0], ids[1], ids[2]]);
    expect(await order("--sort", "test.r2", "--limit", "1")).toEqual([ids[0]]);
  });

  test("studies stand below the runs, with what they have trained; `show` says what to do with one", async () => {
    const id = record(1);
    const options = { ask: "dropout" } as const;
    const table = { source: "mpg.csv", rows: 392, columns: 9 };
    const study = { command: [], source: "mpg", read: {}, table, schema: { target: "MPG" }, options };
    const folder = StudyFolder.create(join(cwd, "runs"), undefined, study as never, new Date(2026, 0, 5));
    fs.writeFileSync(folder.file("trials.jsonl"), '{"format":"evenkeel study trials"}\n{}\n{}\n{"torn');
    const { out } = await run(["list"]);
    const line = (status: string) => new RegExp(`^${folder.id} +${status} +dropout +MPG +392 +2$`, "m");
    expect(out).toMatch(/^study +status +question +target +rows +networks$/m);
    expect(out).toMatch(line("running"));
    folder.release();
    expect((await run(["list"])).out).toMatch(line("interrupted"));
    fs.writeFileSync(folder.file("result.json"), "{}");
    expect((await run(["list"])).out).toMatch(line("finished"));
    const listed = JSON.parse((await run(["list", "--json"])).out) as { id: string; kind?: string }[];
    expect(listed.map(({ id, kind }) => [id, kind])).toEqual([
      [id, undefined],
      [folder.id, "study"],
    ]);
    fs.writeFileSync(join(folder.path, "study.json"), "{}");
    expect((await run(["list"])).out).toContain(`${folder.id}: `);
    const { err, code } = await run(["show", folder.id]);
    expect(code).toBe(2);
    expect(err).toContain(`${folder.id} is a study, no run; its report is runs/${folder.id}/report.html`);
    expect(err).toContain(`evenkeel study --resume runs/${folder.id}`);
    expect((await run(["show", "latest"])).out).toContain(id);
  });

  test("a metric that no run can have is refused, also where there are no runs yet", async () => {
    const { err, code } = await run(["list", "--sort", "mea"]);
    expect(code).toBe(2);
    expect(err).toContain("no run has the metric mea of its validation rows; did you mean mae?");
    expect((await run(["list", "--sort", "mae"])).code).toBe(0);
  });

  test("nothing yet is no error; a folder that was asked for and is not there is one", async () => {
    expect(await run(["list"])).toEqual({ out: "There are no runs in runs yet.\n", err: "", code: 0 });
    expect((await run(["list", "--json"])).out).toBe("[]\n");
    const { err, code } = await run(["list", "--runs", "old"]);
    expect(err).toContain("error: there is no folder old; --runs says where runs are kept");
    expect(code).toBe(2);
  });
});

describe("runs show", () => {
  test("settings, scores beside baselines, both statistics, findings, files", async () => {
    const id = record(1);
    const { out, code } = await run(["show", id.slice(0, 12)]);
    expect(code).toBe(0);
    expect(out).toContain(`${id}  finished\nMPG (regression) from mpg.csv, 392 rows\nstarted 2026-01-0`);
    expect(out).toContain("100 epochs, the best is 81, 1 min 15 s");
    expect(out).toMatch(
      /scores +MAE +R²\n.*\ntest: this network +2\.00 +0\.900\ntest: ridge regression +20\.0 +0\.090/,
    );
    expect(out).toContain("the model has its statistics recomputed");
    expect(out).toMatch(/test: as trained +3\.00/);
    expect(out).toContain("  warning: Horsepower lacks 6 values");
    expect(out).toMatch(/^ {2}network\.hidden +\[64,32\]$/m);
    expect(out).toMatch(/^ {2}metrics\.jsonl +a line for each epoch$/m);
    expect(out).not.toContain("checkpoint.safetensors");
    const shown = JSON.parse((await run(["show", "latest", "--json"])).out);
    expect(shown).toMatchObject({ id, status: "finished", epochs: [{ epoch: 1 }], result: { bestEpoch: 81 } });
  });

  test("a run that was killed, with a torn last line, is shown with what it has", async () => {
    const id = record(1);
    fs.rmSync(join(cwd, "runs", id, "result.json"));
    fs.appendFileSync(join(cwd, "runs", id, "metrics.jsonl"), '{"epoch":2,"st');
    const { out, code } = await run(["show", "latest"]);
    expect(code).toBe(0);
    expect(out).toContain("1 epoch, 0.1 s");
  });
});

describe("runs compare", () => {
  test("the settings that differ, the scores with the best marked, and what makes them hard to compare", async () => {
    const ids = [record(1), record(2)];
    const { out, code } = await run(["compare", ...ids]);
    expect(code).toBe(0);
    expect(out).toMatch(/^lr +0\.01 +0\.02$/m);
    expect(out).not.toContain("hidden");
    expect(out).toMatch(/^test\.mae +\* 2\.00 +4\.00$/m);
    expect(out).toMatch(/^test\.r2 +\* 0\.900 +0\.450$/m);
    expect(out).toMatch(/^test\.mae recomputed +\* 2\.00 +4\.00$/m);
    expect(out).not.toContain("differ:");
    const other = record(3, { seed: 7 }, { status: "failed", scores: {} });
    const { out: cautious } = await run(["compare", ids[0], other]);
    expect(cautious).toContain("the scores are over different rows");
    expect(cautious).toContain(`Not finished: ${other} (failed).`);
    expect(cautious).toMatch(/^test\.mae +2\.00 *$/m); // alone, it is not the best of anything
    const drawn = await run(["compare", ...ids, "--report", "both.html"]);
    expect([drawn.code, drawn.err]).toEqual([0, ""]);
    const page = fs.readFileSync(join(cwd, "both.html"), "utf8");
    expect(page).toContain("<h1>MPG from mpg.csv: 2 runs</h1>");
    expect(page).toMatch(/<th scope="row">lr<\/th><td>0\.01<\/td><td>0\.02<\/td>/);
    expect((await run(["compare", ...ids, "--report", "no/both.html"])).err).toContain(
      "error: cannot write no/both.html: its folder does not exist",
    );
    const { settings, scores } = JSON.parse((await run(["compare", ...ids, "--json"])).out);
    expect(settings).toEqual([{ name: "lr", values: [0.01, 0.02] }]);
    expect(scores[0]).toEqual({ name: "test.mae", values: [2, 4], best: [0] });
  });
});

describe("misuse is refused with a reason", () => {
  test.each<[string[], RegExp]>([
    [["show"], /missing required argument 'id'/],
    [
      ["show", "2025"],
      /no run has an id that begins with "2025"; the nearest is 2026-01-0\d_mpg_\w{4}; `evenkeel runs list` lists them\n/,
    ],
    [["show", "2026"], /"2026" begins the ids of several runs: /],
    [["compare", "latest", "latest"], /compare needs at least two different runs/],
    [["list", "--limit", "0"], /Expected a whole number of at least 1/],
    [["list", "--sort", "a b"], /Expected a metric such as mae/],
    [
      ["list", "--sort", "mea"],
      /--sort: no run has the metric mea of its validation rows; did you mean mae\? there are mae, r2\n/,
    ],
    [["list", "--sort", "train.mae"], /no run has the metric mae of its train rows; no run has scores of train rows/],
    [["list", "--jsn"], /unknown option '--jsn'[\s\S]*Did you mean --json\?/],
    [["lst"], /unknown command 'lst'[\s\S]*Did you mean list\?/],
  ])("%j", async (args, message) => {
    record(1);
    record(2);
    const { out, err, code } = await run(args);
    expect(err).toMatch(message);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("--help has examples", async () => {
    const { out, code } = await run(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("evenkeel runs show latest");
    expect((await run(["list", "--help"])).out).toContain("--sort <metric>");
  });
});
