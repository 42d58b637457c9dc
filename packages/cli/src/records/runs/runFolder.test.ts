import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CommandError } from "../../shell/errors.ts";
import { thisProcess } from "../../shell/process.ts";
import { Ownership } from "../owner/owner.ts";
import { findRun } from "./findRun.ts";
import { listRuns, readMetrics, readRun } from "./readRun.ts";
import { type NewRun, RunFolder } from "./runFolder.ts";
import type { EpochLine, RunResult } from "./types.ts";

let runs: string;
beforeEach(() => {
  runs = join(fs.mkdtempSync(join(tmpdir(), "evenkeel-runs-")), "runs");
});
afterEach(() => fs.rmSync(join(runs, ".."), { recursive: true, force: true }));

const config: NewRun = {
  command: ["train", "Auto MPG!.csv", "--target", "MPG"],
  table: { source: "data/Auto MPG!.csv", rows: 398 },
  target: "MPG",
  task: "regression",
  seed: 0,
  split: { train: 254, validation: 64, test: 80 },
  settings: { epochs: 100, lr: 0.01, network: { hidden: [64, 32] } },
  recipe: { source: "mpg", read: {}, options: { target: "mpg" }, fingerprint: "0123456789abcdef" },
};
const result: RunResult = {
  status: "finished",
  epochs: 2,
  bestEpoch: 1,
  seconds: 1.5,
  scores: { test: { mae: 1.9, r2: Number.NaN } },
  baselines: { mean: { test: { mae: 6.4, r2: 0 } } },
  findings: [],
};
const line = (epoch: number): EpochLine => ({
  epoch,
  step: epoch * 8,
  seconds: epoch / 10,
  learningRate: 0.01,
  train: { loss: 1 / epoch },
  validation: { loss: 2 / epoch },
});
/** A process that has ended. */
function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  return new Promise((resolve) => child.on("exit", () => resolve(child.pid ?? 0)));
}

describe("a run's folder", () => {
  test("is named for day and table, and what is written can be read", () => {
    const run = RunFolder.create(runs, config, new Date(2026, 10, 25, 12));
    expect(run.id).toMatch(/^2026-11-25_auto-mpg_[0-9a-f]{4}$/);
    for (const epoch of [1, 2]) run.appendMetrics(line(epoch));
    run.writeModel(new Uint8Array([1]));
    run.writeCheckpoint(new Uint8Array([2]));
    run.writeReport("<p>");
    run.writeResult(result);
    expect(fs.readdirSync(run.path).sort()).toEqual([
      "checkpoint.safetensors",
      "config.json",
      "metrics.jsonl",
      "model.safetensors",
      "owner-1.json",
      "report.html",
      "result.json",
    ]);
    expect([...fs.readFileSync(run.file("checkpoint"))]).toEqual([2]);
    expect(readMetrics(run.path)).toEqual([line(1), line(2)]);
    expect(readRun(run.path)).toEqual({
      id: run.id,
      path: run.path,
      status: "finished",
      config: {
        ...config,
        format: 2,
        id: run.id,
        started: expect.any(String),
        versions: expect.any(Object),
      },
      result,
    });
  });

  test("ids never meet, and names of tables are tamed", () => {
    const ids = Array.from({ length: 60 }, () => RunFolder.create(runs, config).id);
    expect(new Set(ids).size).toBe(60);
    const named = (source: string) =>
      RunFolder.create(runs, { ...config, table: { source, rows: 1 } }).id.split("_")[1];
    expect(named("../../etc/passwd")).toBe("passwd");
    expect(named("数据.csv")).toBe("table");
    expect(named("Größe (2024) and much more than fits into a name.parquet")).toBe("gro-e-2024-and-much-more");
  });

  test("one that was killed before it had a config is no run, and gone when the next is made", () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const left = (owner: number) => join(runs, `.2026-01-01_mpg_abcd.${hostname()}~${owner}~0.tmp`);
    for (const owner of [pid, process.ppid]) {
      fs.mkdirSync(left(owner), { recursive: true });
      fs.writeFileSync(join(left(owner), "owner-1.json"), JSON.stringify({ ...thisProcess(), pid: owner }));
    }
    expect(listRuns(runs)).toEqual([]);
    const { id } = RunFolder.create(runs, config);
    expect(fs.readdirSync(runs).sort()).toEqual([basename(left(process.ppid)), id].sort());
    expect(fs.readdirSync(join(runs, id)).sort()).toEqual(["config.json", "owner-1.json"]);
    expect(() => Ownership.claim(join(runs, id), "the run")).toThrow(/still running/);
  });

  test("without a result it is running while its process lives, and interrupted afterwards", async () => {
    const run = RunFolder.create(runs, config);
    const status = () => (readRun(run.path) as { status?: string }).status;
    expect(status()).toBe("running");
    run.writeResult({ ...result, status: "running" });
    expect(status()).toBe("running");
    run.release();
    expect(status()).toBe("interrupted");
    const mark = { ...thisProcess(), pid: await endedProcess() };
    fs.writeFileSync(join(run.path, "owner-1.json"), JSON.stringify(mark));
    expect(status()).toBe("interrupted");
  });

  test("going on with a run drops the epochs that are trained again", () => {
    const run = RunFolder.create(runs, config);
    const resume = (...rest: [{ training: number; refit?: number }]) =>
      RunFolder.resume(run.path, Ownership.claim(run.path, "the run"), ...rest);
    expect(() => resume({ training: 2 })).toThrow(/the run is still running, in process \d+; wait for it/);
    run.release();
    for (const epoch of [1, 2, 3]) run.appendMetrics(line(epoch));
    fs.appendFileSync(run.file("metrics"), '{"epoch":4,');
    const resumed = resume({ training: 2 });
    resumed.appendMetrics({ ...line(3), seconds: 99 });
    expect(readMetrics(run.path)).toEqual([line(1), line(2), { ...line(3), seconds: 99 }]);
    const refit = (epoch: number) => ({ ...line(epoch), stage: "refit" }) as const;
    for (const epoch of [1, 2]) run.appendMetrics(refit(epoch));
    resumed.release();
    resume({ training: 3, refit: 1 }).release();
    expect(readMetrics(run.path).slice(3)).toEqual([refit(1)]);
    resume({ training: 1 }).release();
    expect(readMetrics(run.path)).toEqual([line(1)]);
    expect(fs.readdirSync(run.path).filter((name) => name.startsWith("owner"))).toEqual(["owner-4.json"]);
    fs.writeFileSync(run.file("metrics"), "{}\n");
    const before = fs.readFileSync(run.file("config"));
    const owner = Ownership.claim(run.path, "the run");
    expect(() => RunFolder.resume(run.path, owner, { training: 1 }, { seed: 99 })).toThrow(
      /metrics\.jsonl is damaged: line 1 of metrics\.jsonl: epoch: .*, and it is missing; delete/,
    );
    owner.abandon();
    expect(fs.readFileSync(run.file("config"))).toEqual(before);
    expect(fs.readdirSync(run.path).filter((name) => name.startsWith("owner"))).toEqual(["owner-4.json"]);
    for (const name of ["metrics", "config"] as const) fs.rmSync(run.file(name));
    expect(() => resume({ training: 1 })).toThrow("it has no config.json");
  });

  test("TensorBoard's events have a chart for each metric and a line for each part", () => {
    const run = RunFolder.create(runs, config);
    run.appendEvents({ ...line(1), recomputed: { mae: 3 } });
    const [file] = fs.readdirSync(run.path).filter((name) => name.startsWith("events.out.tfevents."));
    const text = fs.readFileSync(join(run.path, file), "latin1");
    for (const tag of ["loss/train", "loss/validation", "mae/recomputed", "learningRate"]) expect(text).toContain(tag);
    const before = fs.statSync(join(run.path, file)).size;
    const { validation: _, ...refit } = line(1);
    run.appendEvents({ ...refit, stage: "refit" });
    const added = fs.readFileSync(join(run.path, file), "latin1").slice(before);
    expect(added).toContain("loss/refit");
    expect(added).not.toMatch(/train|learningRate/);
  });
});

describe("reading", () => {
  test("foreign and damaged folders are listed last, with what is wrong", () => {
    const damaged = {
      empty: () => {},
      "half a config": (path: string) => fs.writeFileSync(join(path, "config.json"), '{"format": 2, "id'),
      "no content": (path: string) => fs.writeFileSync(join(path, "config.json"), ""),
      "another format": (path: string) => {
        fs.writeFileSync(join(path, "config.json"), JSON.stringify({ ...config, format: 1 }));
      },
      "a folder": (path: string) => fs.mkdirSync(join(path, "config.json")),
    };
    const good = RunFolder.create(runs, config, new Date(2026, 0, 1));
    const newer = RunFolder.create(runs, config, new Date(2026, 0, 2));
    const wrongResult = RunFolder.create(runs, config, new Date(2026, 0, 3));
    fs.writeFileSync(wrongResult.file("result"), JSON.stringify({ ...result, epochs: "two" }));
    for (const [name, damage] of Object.entries(damaged)) {
      fs.mkdirSync(join(runs, name));
      damage(join(runs, name));
    }
    fs.writeFileSync(join(runs, "notes.txt"), "no folder");
    const found = listRuns(runs);
    expect(found.slice(0, 2).map(({ id }) => id)).toEqual([newer.id, good.id]);
    expect(Object.fromEntries(found.slice(2).map((run) => [run.id, "problem" in run && run.problem]))).toEqual({
      empty: "it has no config.json",
      "half a config": "config.json is no JSON",
      "no content": "config.json is empty",
      "another format": expect.stringMatching(/^config\.json: format: /),
      "a folder": "config.json: it is a folder",
      [wrongResult.id]: expect.stringMatching(/^result\.json: epochs: /),
    });
  });

  test("a run is found by its id, its beginning, or as the latest; else the nearest is named", () => {
    const ids = ["2026-01-01_mpg_aaaa", "2026-01-01_mpg_aaab", "2026-01-02_penguins_bbbb"];
    for (const [day, id] of ids.entries()) {
      const made = RunFolder.create(runs, config, new Date(2026, 0, day + 1));
      fs.renameSync(made.path, join(runs, id));
    }
    fs.mkdirSync(join(runs, "2027_broken"));
    expect(findRun({ cwd: "/", runs }, ids[0]).id).toBe(ids[0]);
    expect(findRun({ cwd: "/", runs }, "2026-01-02").id).toBe(ids[2]);
    expect(findRun({ cwd: "/", runs }, "latest").id).toBe(ids[2]);
    expect(() => findRun({ cwd: "/", runs }, "2026-01-01")).toThrow(
      `begins the ids of several runs: ${ids[1]}, ${ids[0]}`,
    );
    expect(() => findRun({ cwd: "/", runs }, "2026-01-01_mpg_aaxb")).toThrow(`the nearest is ${ids[1]}`);
    expect(() => findRun({ cwd: "/", runs }, "penguins")).toThrow(`the nearest is ${ids[2]}`);
    expect(() => findRun({ cwd: "/", runs }, "")).toThrow(CommandError);
    expect(() => findRun({ cwd: "/", runs }, "2027")).toThrow(
      "the run 2027_broken cannot be read: it has no config.json",
    );
  });

  test("the latest is never a damaged one, even where there is no other", () => {
    fs.mkdirSync(join(runs, "2027_broken"), { recursive: true });
    expect(() => findRun({ cwd: "/", runs }, "latest")).toThrow("no run can be read");
  });
});
