import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { shopRows } from "../../../../test/tableFixtures.ts";
import { listRuns, type Run, readMetrics, readRun } from "../records/runs/readRun.ts";
import { runLine } from "./run.fixture.ts";

/** What happens while the report of a training or a study is made. */
let whileReporting: () => void = () => {};

vi.mock("../views/report/trainingReport.ts", async (importOriginal) => {
  const real = await importOriginal<typeof import("../views/report/trainingReport.ts")>();
  const trainingReport: typeof real.trainingReport = (data) => {
    whileReporting();
    return real.trainingReport(data);
  };
  return { ...real, trainingReport };
});
vi.mock("../views/report/studyReport.ts", async (importOriginal) => {
  const real = await importOriginal<typeof import("../views/report/studyReport.ts")>();
  const studyReport: typeof real.studyReport = (data) => {
    whileReporting();
    return real.studyReport(data);
  };
  return { ...real, studyReport };
});

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-ending-"));
  const rows = shopRows(60).map(({ size, weight, price }) => `${size},${weight},${price}`);
  fs.writeFileSync(join(cwd, "shop.csv"), `size,weight,price\n${rows.join("\n")}\n`);
});
afterEach(() => {
  whileReporting = () => {};
  fs.rmSync(cwd, { recursive: true, force: true });
});

const run = (line: string, signal?: AbortSignal) => runLine(line.split(" "), { cwd, signal });
const line = "train shop.csv -t price --recipe simple --hidden 8 --epochs 3 --out copy.safetensors --tensorboard";
const runs = () => listRuns(join(cwd, "runs")) as Run[];
const files = ({ path }: Run) => fs.readdirSync(path).sort();
const bytes = (...path: string[]) => fs.readFileSync(join(cwd, ...path));
const modelOf = ({ path }: Run) => fs.readFileSync(join(path, "model.safetensors"));

/** Says that the process of a run is one that has ended, or that cannot be seen. */
function setOwner(path: string, mark: object): void {
  for (const name of fs.readdirSync(path)) if (name.startsWith("owner-")) fs.rmSync(join(path, name));
  fs.writeFileSync(join(path, "owner-1.json"), JSON.stringify(mark));
}
const dead = { pid: 2 ** 22 + 1, host: "x", ended: "2026-01-01T00:00:00Z" };

describe("a training says last that it has finished", () => {
  test("killed before, it is resumed, which writes what is missing", { timeout: 30_000 }, async () => {
    // A copy of the folder as a kill would leave it.
    const killed = join(cwd, "killed");
    whileReporting = () => {
      const [{ path, status }] = runs();
      expect([status, bytes("copy.safetensors").equals(modelOf(runs()[0]))]).toEqual(["running", true]);
      fs.cpSync(path, killed, { recursive: true });
    };
    expect(await run(line)).toMatchObject({ code: 0, err: "" });
    const [whole] = runs();
    expect(whole.status).toBe("finished");
    const [model, result, report] = ["model.safetensors", "result.json", "report.html"].map((name) =>
      fs.readFileSync(join(whole.path, name)),
    );
    fs.rmSync(whole.path, { recursive: true });
    whileReporting = () => {};
    // Also before the model was written.
    for (const missing of [["model.safetensors"], []]) {
      fs.cpSync(killed, whole.path, { recursive: true });
      setOwner(whole.path, dead);
      for (const name of missing) fs.rmSync(join(whole.path, name));
      fs.rmSync(join(cwd, "copy.safetensors"));
      expect(readRun(whole.path)).toMatchObject({ status: "interrupted" });
      expect(await run("train --resume latest")).toMatchObject({ code: 0, err: "" });
      const [again] = runs();
      expect(again.status).toBe("finished");
      expect(modelOf(again).equals(model)).toBe(true);
      expect(bytes("copy.safetensors").equals(model)).toBe(true);
      expect({ ...again.result, seconds: 0 }).toEqual({ ...JSON.parse(String(result)), seconds: 0 });
      expect(fs.readFileSync(join(again.path, "report.html")).length).toBeGreaterThan(report.length / 2);
      fs.rmSync(whole.path, { recursive: true });
    }
  });

  test("a report that fails costs the report; resuming writes it", { timeout: 30_000 }, async () => {
    whileReporting = () => {
      throw new TypeError("no chart\nhere");
    };
    const { out, err, code } = await run(line);
    const reason = "warning: the report could not be written: no chart here";
    expect(err).toBe(`${reason}; everything else is, and evenkeel train --resume ${runs()[0].id} tries again\n`);
    expect(code).toBe(1);
    expect(out).toMatch(/Wrote copy\.safetensors\n {6}runs\/.*\/model\.safetensors\n/);
    const [failed] = runs();
    expect(failed.status).toBe("finished");
    expect(files(failed)).not.toContain("report.html");
    const [model, copy] = [modelOf(failed), bytes("copy.safetensors")];
    expect(await run("train --resume latest --no-report")).toMatchObject({ code: 2 });
    whileReporting = () => {};
    expect(await run("train --resume latest")).toMatchObject({ code: 0, err: "" });
    const [one] = runs();
    expect(files(one)).toContain("report.html");
    expect(modelOf(one).equals(model) && copy.equals(model)).toBe(true);
    expect(readMetrics(one.path)).toHaveLength(6);
    expect((await run("train --resume latest")).err).toMatch(/has finished: there is nothing to resume/);
  });

  test("Ctrl-C while the report is made: everything is written, and the exit code is 0", async () => {
    const controller = new AbortController();
    whileReporting = () => controller.abort();
    expect(await run(line, controller.signal)).toMatchObject({ code: 0, err: "" });
    expect(files(runs()[0])).toContain("report.html");
  });

  test("a study too", { timeout: 30_000 }, async () => {
    const study = "study shop.csv -t price --quick --seeds 2 --epochs 1 --lr 0.01 --threads 1 --out s";
    whileReporting = () => {
      expect(fs.readdirSync(join(cwd, "s"))).not.toContain("result.json");
      throw new Error("no chart");
    };
    const failed = await run(study);
    expect(failed).toMatchObject({ code: 1, err: expect.stringMatching(/^warning: the report could not be written/) });
    expect(fs.readdirSync(join(cwd, "s"))).toContain("result.json");
    const controller = new AbortController();
    whileReporting = () => controller.abort();
    expect(await run("study --resume s --threads 1", controller.signal)).toMatchObject({ code: 0, err: "" });
    expect(fs.readdirSync(join(cwd, "s"))).toContain("report.html");
  });
});

describe("the copy of a run that somebody sent", () => {
  test("is written where it can do no harm, and else when it is asked for again", { timeout: 30_000 }, async () => {
    await run("train shop.csv -t price --recipe simple --hidden 8 --epochs 1 --no-refit --schedule none --no-report");
    const [{ path }] = runs();
    const file = join(path, "config.json");
    const config = JSON.parse(fs.readFileSync(file, "utf8"));
    fs.mkdirSync(join(cwd, "there"));
    fs.symlinkSync(tmpdir(), join(cwd, "link"));
    fs.writeFileSync(join(cwd, "mine.safetensors"), "mine");
    const name = `evenkeel-${process.pid}.safetensors`;
    const outs: readonly (readonly [out: string, written: boolean])[] = [
      ["there/new.safetensors", true],
      ["mine.safetensors", false],
      ["package.json", false],
      [`../${name}`, false],
      [`link/${name}`, false],
      [join(tmpdir(), name), false],
      ["none/new.safetensors", false],
    ];
    let epochs = 1;
    for (const [out, written] of outs) {
      fs.writeFileSync(file, JSON.stringify({ ...config, outputs: { report: false, tensorboard: false, out } }));
      const said = await run(`train --resume latest --epochs ${++epochs}`);
      expect([out, said.code, said.err, fs.existsSync(join(cwd, out)) && !out.startsWith("mine")]).toEqual([
        ...[out, 0, "", written],
      ]);
      expect(/Not written: /.test(said.out)).toBe(!written);
    }
    expect(String(bytes("mine.safetensors"))).toBe("mine");
    await run(`train --resume latest --epochs ${++epochs} --out mine.safetensors`);
    expect(bytes("mine.safetensors").equals(modelOf(runs()[0]))).toBe(true);
  });
});

test("a run of a process that cannot be seen is taken over by word", { timeout: 30_000 }, async () => {
  await run("train shop.csv -t price --recipe simple --hidden 8 --epochs 1 --no-refit --schedule none --no-report");
  const [{ path }] = runs();
  fs.rmSync(join(path, "result.json"));
  setOwner(path, { pid: 7, host: "former" });
  expect(runs()[0].status).toBe("running");
  const refused = await run("train --resume latest");
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/process 7 of the host former.*--take-over/) });
  expect(await run("train --resume latest --take-over")).toMatchObject({ code: 0 });
  expect(runs()[0].status).toBe("finished");
  expect((await run(`${line} --take-over`)).err).toMatch(/--take-over takes a run over; name it with --resume/);
});

describe("processes", () => {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const tsx = fileURLToPath(import.meta.resolve("tsx"));
  const env = {
    ...process.env,
    TSX_TSCONFIG_PATH: fileURLToPath(new URL("../../../../tsconfig.json", import.meta.url)),
  };
  const start = (...args: string[]) =>
    spawn(process.execPath, ["--import", tsx, main, ...args], { cwd, env, stdio: "pipe" });
  const ended = async (child: ChildProcess) => {
    let err = "";
    child.stderr?.on("data", (text) => {
      err += String(text);
    });
    const [code] = await once(child, "close");
    return { code, err };
  };

  test("two that resume one run at once: one goes on, the other says so", { timeout: 60_000 }, async () => {
    const controller = new AbortController();
    const onWrite = (_: string, out: string) => {
      if (out.includes("\nepoch")) controller.abort();
    };
    const args =
      "train shop.csv -t price --recipe simple --hidden 8 --epochs 150 --no-report --no-refit --no-early-stopping";
    expect((await runLine(args.split(" "), { cwd, signal: controller.signal, onWrite })).code).toBe(130);
    const both = [1, 2].map(() => start("train", "--resume", "latest", "--no-report"));
    for (const { stdout } of both) stdout.resume();
    const outcomes = await Promise.all(both.map(ended));
    expect(outcomes.map(({ code }) => code).sort(), JSON.stringify(outcomes)).toEqual([0, 2]);
    // The second may have come when everything was over.
    expect(outcomes.find(({ code }) => code === 2)?.err).toMatch(/is still running, in process \d+|has finished/);
    const epochs = readMetrics(runs()[0].path).map(({ epoch }) => epoch);
    expect(epochs).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  });

  test("a reader that leaves does not end a training", { timeout: 60_000 }, async () => {
    const child = start(
      ..."train shop.csv -t price --recipe simple --hidden 8 --epochs 40 --no-report --no-refit".split(" "),
    );
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await ended(child)).toEqual({
      code: 0,
      err: expect.stringMatching(/^note: standard output was closed; everything is in runs\/.*\n$/),
    });
    expect(runs()[0]).toMatchObject({ status: "finished" });
  });
});
