import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type StartFileThread, setFileThreads } from "../../compile/threads/fileThread.ts";
import { lendThread, setNumThreads } from "../../compile/threads/threads.ts";
import { baselines } from "../../tabular/baselines/baselines.ts";
import { inferSchema, Preprocessing, splitRows, type Table, tableFromColumns } from "../../tabular/index.ts";
import { BaselinesBeside } from "./baselinesBeside.ts";
import { trainTable } from "./trainTable.ts";

const url = JSON.stringify(new URL("../../node/baselinesThread.ts", import.meta.url).href);
const threadBody = `import("tsx/esm/api").then((tsx) => (tsx.register(), import(${url})))`;

/** Threads of this source, from the sources of the library by default. */
const threadsOf =
  (source = threadBody, started: (worker: Worker) => void = () => {}): StartFileThread =>
  (_, workerData, moved, { onMessage, onEnd }) => {
    const worker = new Worker(source, { eval: true, workerData, transferList: moved as ArrayBuffer[] });
    worker.on("message", onMessage).on("exit", onEnd);
    worker.on("error", () => {});
    started(worker);
    return { keepAlive: (wanted) => (wanted ? worker.ref() : worker.unref()), end: () => void worker.terminate() };
  };

const rows = 2500;
const noise = (i: number) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453);
const x = Array.from({ length: rows }, (_, i) => noise(i));
const place = x.map((_, i) => (i % 97 === 0 ? null : ["here", "there", "elsewhere"][Math.floor(noise(i + 0.5) * 3)]));
const y = x.map((v, i) => 100 * v * v + (place[i] === "here" ? 9 : 0) + noise(i + 0.25));
const tables: Record<string, Table> = {
  regression: tableFromColumns({ x, place, y }),
  binary: tableFromColumns({ x, place, y: y.map((v) => (v > 40 ? "yes" : "no")) }),
  multiclass: tableFromColumns({ x, place, y: y.map((v) => (v > 50 ? "high" : v > 20 ? "middle" : "low")) }),
};

function given(table: Table) {
  const schema = inferSchema(table, { target: "y" });
  const split = splitRows(table, schema);
  return { table, schema, split, preprocessing: Preprocessing.fit(table, schema, split.train) };
}

const begin = ({ table, preprocessing, split }: ReturnType<typeof given>) =>
  BaselinesBeside.start(table, preprocessing, split, 3, 1000);

beforeAll(() => setNumThreads(2));
beforeEach(() => setFileThreads(threadsOf()));
afterAll(() => {
  setFileThreads(undefined);
  setNumThreads(1);
});

/** Whether the thread that was lent is there again. */
const isBack = () => {
  const giveBack = lendThread();
  giveBack?.();
  return giveBack !== undefined;
};

describe("baselines beside a training", () => {
  it.each(Object.keys(tables))("are those of baselines, to the bit: %s", async (task) => {
    const all = given(tables[task]);
    const { table, preprocessing, split } = all;
    const beside = begin(all);
    expect(isBack()).toBe(false);
    const steps: string[] = [];
    const found = await beside!.result({ onStep: ({ name }) => steps.push(name) });
    expect(isBack()).toBe(true);
    const expected = baselines(table, preprocessing, split, { seed: 3 });
    const facts = (of: typeof expected) => of.map(({ predict: _, ...others }) => others);
    expect(facts(found!)).toEqual(facts(expected));
    for (const [i, { predict }] of expected.entries()) {
      for (const part of [split.test, split.validation]) expect(found![i].predict(part)).toEqual(predict(part));
    }
    expect(steps.at(-1)).toBe("trees");
  });

  it("leave out the trees once the signal is aborted, and nothing else", async () => {
    const all = given(tables.regression);
    const found = await begin(all)!.result({ signal: AbortSignal.abort() });
    expect(found?.map(({ name }) => name)).toEqual(["mean", "median", "ridge"]);
  });

  it.each([
    ["is killed", threadsOf(threadBody, (worker) => void worker.terminate())],
    ["fails", threadsOf("throw new Error('it is not this thread's day')")],
    ["exits", threadsOf("process.exit(0)")],
  ])("are none if their thread %s, which gives it back", async (_, threads) => {
    setFileThreads(threads);
    const beside = begin(given(tables.regression));
    await expect.poll(isBack, { timeout: 30_000 }).toBe(true);
    expect(await beside!.result({})).toBeUndefined();
  });

  it("have no thread where there is none to spare, and none for few rows", () => {
    const all = given(tables.regression);
    const giveBack = lendThread();
    expect(begin(all)).toBeUndefined();
    giveBack?.();
    expect(begin({ ...all, split: { ...all.split, train: all.split.train.subarray(0, 999) } })).toBeUndefined();
    setFileThreads(undefined);
    expect(begin(all)).toBeUndefined();
    setFileThreads(() => {
      throw new Error("no threads today");
    });
    expect(() => begin(all)).toThrow("no threads today");
    expect(isBack()).toBe(true);
  });
});

describe("trainTable", () => {
  const values = Array.from({ length: 33_000 }, (_, i) => noise(i));
  const large = tableFromColumns({ x: values, y: values.map((value) => value ** 2) });
  const train = () => trainTable(large, { target: "y", epochs: 1, recipe: "simple", network: { hidden: [4] } });

  it("gives the same model and scores with the thread, without it, and where it dies", async () => {
    const trained = [];
    let started = 0;
    const dying = threadsOf(threadBody, (worker) => {
      started++;
      setTimeout(() => worker.terminate(), 100);
    });
    for (const threads of [threadsOf(threadBody, () => started++), undefined, dying]) {
      setFileThreads(threads);
      trained.push(await train());
    }
    expect(started).toBe(2);
    const [{ model, intervals, baselines: found }, ...others] = trained;
    expect(found.map(({ name }) => name)).toEqual(["mean", "median", "ridge", "trees"]);
    for (const other of others) {
      expect(other.intervals).toEqual(intervals);
      expect(Buffer.from(other.model.save()).equals(Buffer.from(model.save()))).toBe(true);
    }
  });
});
