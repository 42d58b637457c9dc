import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { planStudy, runStudy, type TrialRun, trialRunner } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Delivery, StudySide, Task, WorkerSide } from "../../../records/queue/types.ts";
import { openTrialStore } from "../../../records/studies/trialStore.ts";
import { trainAll } from "../trainAll.ts";
import { StudyQueue } from "./studyQueue.ts";
import { isSampled, taskId } from "./taskId.ts";

const rows = Array.from({ length: 60 }, (_, i) => ({ x: Math.sin(i), z: i % 7, y: Math.sin(i) + (i % 7) }));
const table = tableFromRows(rows);
const data = { table, schema: inferSchema(table, { target: "y" }) };
const few = { rowFractions: [], epochFractions: [], rescale: [], dropout: 0 };
const plan = planStudy(data, { seeds: [4, 5, 6, 7], lrs: [0.01, 0.03], epochs: 2, hidden: [4], ...few });
const execute = trialRunner(data);

/** A thread that is none: it trains here, one trial at a time. */
class Thread extends EventEmitter {
  postMessage({ spec }: Task): void {
    execute(spec, {}).then((run) => this.emit("message", { type: "run", run }));
  }
  async terminate(): Promise<number> {
    return 0;
  }
}
const newWorker = () => new Thread() as unknown as Worker;

/** A queue in memory, whose workers do at once what they may. */
class Memory implements StudySide {
  readonly own: WorkerSide;
  readonly refused = new Set<string>();
  readonly done_: string[] = [];
  ended: boolean | undefined;
  #delivered: Delivery[] = [];
  readonly #train: (worker: string, task: Task) => Promise<TrialRun>;
  readonly #workers: readonly string[];

  constructor(workers: readonly string[], train: (worker: string, task: Task) => Promise<TrialRun>) {
    this.#workers = workers;
    this.#train = train;
    const nothing = async () => {};
    this.own = {
      ...{ name: "own", head: {} as never, data: async () => data, lease: () => 30, look: async () => "open" },
      ...{ take: async () => undefined, deliver: nothing, beat: nothing, leave: nothing },
    };
  }

  offer = async (tasks: readonly Task[]) => {
    for (const task of tasks) {
      const worker = this.#workers.find((name) => !this.refused.has(name) && !task.not?.includes(name));
      if (worker === undefined) continue;
      const run = await this.#train(worker, task);
      this.#delivered.push({ worker, task: task.id, run: JSON.parse(JSON.stringify(run)) });
    }
  };
  done = async (ids: readonly string[]) => {
    this.done_.push(...ids);
  };
  refuse = async (worker: string) => {
    this.refused.add(worker);
  };
  deliveries = async () => this.#delivered.splice(0);
  workers = async () =>
    ["own", ...this.#workers].map((name) => ({ name, threads: name === "own" ? 0 : 1, life: "alive" as const }));
  close = async (finished: boolean) => {
    this.ended = finished;
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-study-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A study by the workers of a queue: its bytes, and what stands in its record. */
async function study(side: Memory) {
  const store = openTrialStore(folder, data);
  const refused: string[] = [];
  const options = { threads: 0, networks: 1000, newWorker, hasRecorded: store.has };
  const queue = new StudyQueue(side, data, { ...options, onRefused: ({ worker }) => refused.push(worker) });
  try {
    const { result } = await trainAll(plan, store, queue, {});
    const { unverified } = queue;
    await queue.close(true);
    const recorded = readFileSync(join(folder, "trials.jsonl"), "utf8").trimEnd().split("\n").slice(1);
    return { bytes: JSON.stringify(result), refused, unverified, recorded: recorded.map((line) => JSON.parse(line)) };
  } finally {
    store.close();
  }
}

describe("a study by the workers of a queue", { timeout: 120_000 }, () => {
  test("takes back what a worker gave that is refused later, records included", async () => {
    const whole = (await runStudy(plan, { execute })).result;
    const [first, ...others] = whole.trials.map(({ spec }) => taskId(spec));
    const wrong = others.find(isSampled);
    expect(wrong).toBeDefined();
    const given: string[] = [];
    const side = new Memory(["x", "y"], async (worker, task) => {
      const run = await execute(task.spec, {});
      given.push(`${worker} ${task.id}`);
      if (worker !== "x" || task.id !== wrong) return run;
      return { ...run, result: { ...run.result, rows: { ...run.result.rows, train: 1 } } };
    });
    const { bytes, refused, unverified, recorded } = await study(side);
    expect(bytes).toBe(JSON.stringify(whole));
    expect([refused, unverified, side.ended]).toEqual([["x"], [], true]);
    expect(new Set(recorded.map(({ result }) => result.spec.id)).size).toBe(recorded.length);
    expect(recorded.map(({ result }) => JSON.stringify(result)).sort()).toEqual(
      whole.trials.map((trial) => JSON.stringify(trial)).sort(),
    );
    // It was used before, and the other trained all of it again but for what it had confirmed.
    expect(given).toContain(`x ${first}`);
    expect(given.filter((one) => one.startsWith("y") && !one.includes("check")).length).toBeGreaterThan(10);
  });

  test("fails as its threads do: with the error, and workers that may wait", async () => {
    const side = new Memory(["x"], async () => {
      throw new Error("the disk is gone");
    });
    await expect(study(side)).rejects.toThrow("the disk is gone");
    expect(side.ended).toBeUndefined();
  });

  test("may be interrupted, and keeps what is finished", async () => {
    const controller = new AbortController();
    const store = openTrialStore(folder, data);
    const side = new Memory(["x"], (_, { spec }) => execute(spec, {}));
    const queue = new StudyQueue(side, data, {
      ...{ threads: 0, networks: 1000, newWorker, hasRecorded: store.has, signal: controller.signal },
    });
    const onEvent = ({ type }: { type: string }) => type === "trial" && controller.abort();
    const { result } = await trainAll(plan, store, queue, { signal: controller.signal, onEvent });
    await queue.close(false);
    store.close();
    expect([result.complete, side.ended]).toEqual([false, false]);
    expect(result.trials.length).toBeGreaterThan(0);
  });
});
