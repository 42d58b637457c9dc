import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeTextFile } from "../../actions/predict/writeFile.ts";
import { RunFolder } from "../../records/runs/runFolder.ts";
import type { EpochLine } from "../../records/runs/types.ts";
import { openTrialStore } from "../../records/studies/trialStore.ts";
import { writeAtomic } from "./writeAtomic.ts";

/**
 * The file system calls in order: "fsync a.tmp". Killing the process would not show a missing one:
 * only a power failure would.
 */
const calls: string[] = [];

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const names = new Map<number, string>();
  const nameOf = (file: unknown) =>
    typeof file === "number" ? (names.get(file) ?? "?") : basename(String(file)).replace(/^\..*\.tmp$/, "temporary");
  const openSync: typeof fs.openSync = (path, ...rest) => {
    const file = real.openSync(path, ...rest);
    names.set(file, nameOf(path));
    return file;
  };
  const noted =
    <A extends unknown[], R>(what: string, call: (...args: A) => R, of = (args: A) => nameOf(args[0])) =>
    (...args: A): R => {
      calls.push(`${what} ${of(args)}`);
      return call(...args);
    };
  return {
    ...real,
    openSync,
    writeFileSync: noted("write", real.writeFileSync),
    writeSync: noted("write", real.writeSync as (file: number, text: string) => number),
    fsyncSync: noted("fsync", real.fsyncSync),
    closeSync: noted("close", real.closeSync),
    renameSync: noted("rename", real.renameSync, ([from, to]) => `${nameOf(from)} to ${nameOf(to)}`),
  };
});

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-durable-"));
  calls.length = 0;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

// Windows cannot flush folders.
describe.skipIf(process.platform === "win32")("is on the disk when the call returns", () => {
  test("a file: its content before it takes its name, then the name", () => {
    writeAtomic(join(folder, "a.json"), "x");
    expect(calls).toEqual([
      "write temporary",
      "fsync temporary",
      "close temporary",
      "rename temporary to a.json",
      `fsync ${basename(folder)}`,
      `close ${basename(folder)}`,
    ]);
  });

  test("a study's trials: the new file with its name, and each line", () => {
    const table = tableFromRows(Array.from({ length: 20 }, (_, i) => ({ x: Math.sin(i), y: Math.cos(i) })));
    const store = openTrialStore(folder, { table, schema: inferSchema(table, { target: "y" }) });
    const opened = [
      "write trials.jsonl",
      "fsync trials.jsonl",
      `fsync ${basename(folder)}`,
      `close ${basename(folder)}`,
    ];
    expect(calls.splice(0)).toEqual(opened);
    store.append({ result: {}, msPerEpoch: null } as never);
    expect(calls).toEqual(["write trials.jsonl", "fsync trials.jsonl"]);
    store.close();
  });

  test("predictions: their content before the file takes its name, then the name", async () => {
    async function* pieces() {
      yield "prediction\n";
      yield "1\n";
    }
    await writeTextFile(join(folder, "a.csv"), "a.csv", pieces());
    const [place, name] = [basename(folder), "temporary"];
    expect(calls).toEqual([
      `fsync ${name}`,
      `close ${name}`,
      `rename ${name} to a.csv`,
      `fsync ${place}`,
      `close ${place}`,
    ]);
  });

  test("at a checkpoint: the metrics and events of its epochs, before it", () => {
    const run = RunFolder.create(folder, { table: { source: "mpg" } } as never);
    const line: EpochLine = { epoch: 1, step: 1, seconds: 1, learningRate: 1, train: { loss: 1 } };
    run.appendMetrics(line);
    run.appendEvents(line);
    calls.length = 0;
    run.writeCheckpoint(new Uint8Array([1]));
    const flushed = calls
      .filter((call) => /^(fsync|rename)/.test(call))
      .map((call) => call.replace(/events.*/, "events"));
    expect(flushed).toEqual([
      "fsync metrics.jsonl",
      "fsync events",
      "fsync temporary",
      "rename temporary to checkpoint.safetensors",
      `fsync ${run.id}`,
    ]);
  });
});
