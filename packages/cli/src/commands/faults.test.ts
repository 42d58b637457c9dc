import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { study } from "../actions/study/study.ts";
import { failureOf } from "../shell/failure.ts";
import { type RunOptions, runLine, world } from "./run.fixture.ts";

/**
 * Faults of the surroundings: each is one sentence that says what could not be read or written, and
 * never a stack; what was done before is safe.
 */

interface Injected {
  /** The name of a function of node:fs, and the end of the file's name. */
  readonly call: string;
  readonly file: string;
  readonly code: string;
  /** How many calls succeed before. */
  after?: number;
}

/** The next call that matches fails, once. */
let injected: Injected | undefined;

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const names = new Map<number, string>();
  const nameOf = (file: unknown) => (typeof file === "number" ? (names.get(file) ?? "?") : String(file));
  const failing =
    <A extends unknown[], R>(call: string, run: (...args: A) => R) =>
    (...args: A): R => {
      // Temporary files are called ".model.safetensors.host~1~0.tmp".
      const name = basename(nameOf(args[0])).replace(/^\.(.*)\.[^.]*~\d+~\d+\.tmp$/, "$1");
      if (injected?.call === call && name.endsWith(injected.file) && (injected.after ?? 0) <= 0) {
        const { code } = injected;
        injected = undefined;
        throw Object.assign(new Error(`${code}: injected, ${call}`), { code, syscall: call.replace("Sync", "") });
      }
      if (injected?.call === call && name.endsWith(injected.file)) injected.after = (injected.after ?? 0) - 1;
      return run(...args);
    };
  const openSync: typeof fs.openSync = (path, ...rest) => {
    const file = failing("openSync", real.openSync)(path, ...rest);
    names.set(file, nameOf(path));
    return file;
  };
  return {
    ...real,
    openSync,
    writeSync: failing("writeSync", real.writeSync as (file: number, text: string) => number),
    writeFileSync: failing("writeFileSync", real.writeFileSync),
    appendFileSync: failing("appendFileSync", real.appendFileSync),
    fsyncSync: failing("fsyncSync", real.fsyncSync),
    renameSync: failing("renameSync", real.renameSync),
    mkdirSync: failing("mkdirSync", real.mkdirSync as (path: string) => string | undefined),
    readFileSync: failing("readFileSync", real.readFileSync as (path: string) => string),
  };
});

let cwd: string;
const quick = ["--recipe", "simple", "--target", "y", "--epochs", "3", "--hidden", "4", "--seed", "1", "--no-report"];
const csv = `x,y\n${Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(i)}`).join("\n")}\n`;
const long = `${"x".repeat(300)}`;

beforeAll(async () => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-faults-"));
  fs.writeFileSync(join(cwd, "t.csv"), csv);
  fs.writeFileSync(join(cwd, "t.jsonl"), '{"x":1,"y":2}\n'.repeat(20));
  fs.symlinkSync("loop", join(cwd, "loop"));
  fs.symlinkSync("loop.csv", join(cwd, "loop.csv"));
  fs.symlinkSync("loop.safetensors", join(cwd, "loop.safetensors"));
  expect((await runLine(["train", "t.csv", ...quick, "--out", "m.safetensors"], { cwd })).code).toBe(0);
});
afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));
beforeEach(() => fs.rmSync(join(cwd, "runs"), { recursive: true, force: true }));
afterEach(() => {
  injected = undefined;
  vi.unstubAllEnvs();
});

/** Runs a command that must end with one sentence. */
async function fails(args: readonly string[], options: Partial<RunOptions> = {}) {
  const { err, code } = await runLine(args, { cwd, ...options });
  const said = err.replace("(--help lists the options)\n", "");
  expect(said, args.join(" ")).toMatch(/^error: [^\n]+\n$/);
  expect(said).not.toMatch(/^ +at |\bat .*:\d+:\d+|E[A-Z]{3,}:/m);
  return { said, code };
}

describe("while a training is recorded", () => {
  const cases: Injected[] = [
    { call: "writeSync", file: "metrics.jsonl", code: "ENOSPC", after: 1 },
    { call: "openSync", file: "metrics.jsonl", code: "EMFILE" },
    { call: "writeFileSync", file: "checkpoint.safetensors", code: "EIO" },
    { call: "writeFileSync", file: "model.safetensors", code: "ENOSPC" },
    { call: "renameSync", file: "model.safetensors", code: "EROFS" },
    { call: "fsyncSync", file: "result.json", code: "EIO" },
    { call: "appendFileSync", file: "", code: "EDQUOT" },
  ];

  test.each(cases.map((each) => [`${each.call} ${each.file} ${each.code}`, each] as const))("%s", async (_, fault) => {
    injected = { ...fault };
    const { said, code } = await fails(["train", "t.csv", ...quick, "--tensorboard"]);
    expect(injected).toBeUndefined();
    expect(code).toBe(1);
    expect(said).toMatch(
      /^error: cannot write .*runs.*: .*; the (?:run is safe up to its last checkpoint|model is safe)/,
    );
    const [, resume] = /go on with evenkeel (train --resume \S+)\n/.exec(said) ?? expect.fail(said);
    const { code: resumed, err } = await runLine([...resume.split(" "), "--no-report"], { cwd });
    expect(resumed, err).toBe(0);
  });

  test("an end that cannot be recorded takes nothing from what is written", async () => {
    injected = { call: "renameSync", file: "owner-1.json", code: "ENOSPC" };
    const { code, err } = await runLine(["train", "t.csv", ...quick], { cwd });
    expect([code, err, injected]).toEqual([0, "", undefined]);
  });

  test("the hint repeats --runs", async () => {
    injected = { call: "writeFileSync", file: "checkpoint.safetensors", code: "EIO" };
    const { said } = await fails(["train", "t.csv", ...quick, "--runs", "my runs"]);
    const [, id] = /go on with evenkeel train --resume (\S+) --runs 'my runs'\n/.exec(said) ?? expect.fail(said);
    const resumed = await runLine(["train", "--resume", id, "--runs", "my runs", "--no-report"], { cwd });
    expect(resumed.code, resumed.err).toBe(0);
    expect((await fails(["runs", "show", "nothing", "--runs", "my runs"])).said).toMatch(
      /`evenkeel runs list --runs 'my runs'` lists them/,
    );
    fs.rmSync(join(cwd, "my runs"), { recursive: true });
  });

  test("a folder that moves away is named, and resumes where it is put back", async () => {
    const moved = join(cwd, "moved");
    const onWrite = (text: string) => {
      if (/epoch 1/.test(text)) fs.renameSync(join(cwd, "runs"), moved);
    };
    const { said, code } = await fails(["train", "t.csv", ...quick], { onWrite });
    expect(code).toBe(1);
    expect(said).toMatch(/its folder does not exist; if .*runs\S+ has moved, put it back, then go on with/);
    fs.rmSync(join(cwd, "runs"), { recursive: true, force: true });
    fs.renameSync(moved, join(cwd, "runs"));
    expect(fs.readdirSync(join(cwd, "runs"))).toHaveLength(1);
  });

  test("a copy of the model that cannot be written leaves the model where it is", async () => {
    injected = { call: "writeFileSync", file: "copy.safetensors", code: "ENOSPC" };
    const { said, code } = await fails(["train", "t.csv", ...quick, "--out", "copy.safetensors"]);
    expect(code).toBe(1);
    const [, path] =
      /no space is left on the disk; the model is safe: (.*?); mend that/.exec(said) ?? expect.fail(said);
    expect(fs.existsSync(path)).toBe(true);
  });
});

describe("before a training", () => {
  test.each([
    ["--out", "no/where.safetensors", /its folder does not exist/],
    ["--out", ".", /it is a folder/],
    ["--out", "loop", /its symbolic links lead in a circle/],
    ["--out", `${long}.safetensors`, /its path is too long/],
    ["--runs", "/proc/runs", /no run can be recorded/],
    ["--runs", "loop", /its symbolic links lead in a circle/],
    ["--runs", long, /its path is too long/],
    ["--runs", "t.csv", /no run can be recorded/],
  ])("%s %s is refused", async (flag, value, why) => {
    let epochs = 0;
    const onWrite = (text: string) => {
      if (/^epoch/m.test(text)) epochs++;
    };
    const { said } = await fails(["train", "t.csv", ...quick, flag, value], { onWrite });
    expect(said).toMatch(why);
    expect(epochs).toBe(0);
  });

  test.skipIf(process.platform !== "linux").each([
    ["/proc/m.safetensors", /no file can be made in its folder/],
    ["/dev/full", /it is a device, and no file/],
  ])("--out %s is refused", async (out, why) => {
    expect((await fails(["train", "t.csv", ...quick, "--out", out])).said).toMatch(why);
    expect(fs.statSync("/dev/full").isCharacterDevice()).toBe(true);
  });
});

describe("what is read", () => {
  test.each([
    ["train", "loop.csv"],
    ["inspect", "loop.csv"],
    ["inspect", "loop.safetensors"],
    ["predict", "loop.safetensors", "t.csv"],
    ["predict", "m.safetensors", "loop.csv"],
    ["evaluate", "m.safetensors", "loop.csv"],
    ["runs", "list", "--runs", "loop"],
    ["train", "--resume", "latest", "--runs", "loop"],
    ["study", "--resume", "loop"],
    ["study", "loop.csv", "--target", "y"],
  ])("%s %s: a circle of links", async (...args) => {
    await fails(args);
  });

  const tooLong = [
    ["train", `${long}.csv`],
    ["inspect", `${long}.safetensors`],
    ["predict", "m.safetensors", `${long}.csv`],
    ["runs", "show", long],
    ["runs", "list", "--runs", long],
    ["study", "--resume", long],
    ["study", "t.csv", "--target", "y", "--out", long],
  ];
  test.each(tooLong.map((args) => [args.join(" ").replaceAll(long, "…"), args] as const))("%s", async (_, args) => {
    await fails(args);
  });

  test.each(["ENOSPC", "EIO"])("%s of a model file", async (code) => {
    injected = { call: "readFileSync", file: "m.safetensors", code };
    expect((await fails(["predict", "m.safetensors", "t.csv"])).said).toContain("m.safetensors");
  });

  test.skipIf(process.platform !== "linux")("a disk that fails while it is read", async () => {
    // Reading this file at its beginning is an EIO.
    const { said } = await fails(["inspect", "/proc/self/mem"]);
    expect(said).toBe("error: /proc/self/mem cannot be read: the disk reports an error\n");
  });

  test("a TMPDIR that is not there is named", async () => {
    vi.stubEnv("TMPDIR", "/nowhere/at/all");
    const { said, code } = await fails(["inspect", "t.jsonl"]);
    expect(code).toBe(1);
    expect(said).toMatch(/no temporary file can be made in \/nowhere\/at\/all: .*; set TMPDIR to a folder/);
  });
});

test.skipIf(process.platform !== "linux")("predict > /dev/full", () => {
  const root = fileURLToPath(new URL("../../../..", import.meta.url));
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const full = fs.openSync("/dev/full", "w");
  const args = ["--import", "tsx", main, "predict", join(cwd, "m.safetensors"), join(cwd, "t.csv")];
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
    cwd: root,
  });
  fs.closeSync(full);
  expect(stderr).toMatch(/^(?:note: .*\n)*error: cannot write to standard output: no space is left on the disk\n$/);
  expect(status).toBe(1);
});

test.skipIf(process.platform !== "linux")(
  "train > /dev/full trains to its end, and says where",
  { timeout: 60_000 },
  () => {
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    const main = fileURLToPath(new URL("../main.ts", import.meta.url));
    const full = fs.openSync("/dev/full", "w");
    const runs = join(cwd, "full");
    const args = ["train", join(cwd, "t.csv"), "--target", "y", "--epochs", "2", "--no-report", "--runs", runs];
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", main, ...args], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
      cwd: root,
    });
    fs.closeSync(full);
    expect(stderr).toMatch(/error: cannot write to standard output: no space is left on the disk\n/);
    expect(stderr).toMatch(/everything is in .*full\//);
    expect(status).toBe(1);
    const [id] = fs.readdirSync(runs);
    expect(fs.existsSync(join(runs, id, "result.json"))).toBe(true);
  },
);

test("a thread of a study that dies: what is done is safe, and it can go on", async () => {
  const { context } = world({ cwd });
  const given = { seeds: 2, epochs: 2, lrs: [0.01], hidden: [4] } as never;
  const newWorker = () => new Worker("process.exit(3)", { eval: true });
  const request = { source: "t.csv", flags: { target: "y", threads: 2 } as never, given, command: [] };
  const error = await study(request, context, {}, { newWorker }).catch((thrown: unknown) => thrown);
  const { text, exitCode } = failureOf(error, context.output.colors);
  expect(exitCode).toBe(1);
  expect(text).toMatch(
    /^error: a thread of the study ended while it trained a network, with exit code 3; the finished networks are safe: go on with evenkeel study --resume \S+, on fewer --threads if memory was short\n$/,
  );
});
