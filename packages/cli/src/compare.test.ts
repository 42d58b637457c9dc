import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { type CompareEvent, compare, trialsOf } from "./compare.ts";
import { loadMpg } from "./mpg.ts";

const table = loadMpg();
const settings = { epochs: 2, batchSize: 64, learningRate: 0.01 };
// The sources are TypeScript, so a thread first needs the loader that the examples run with.
const workerUrl = JSON.stringify(new URL("./worker.ts", import.meta.url).href);
const newWorker = () =>
  new Worker(`import("tsx/esm/api").then((tsx) => (tsx.register(), import(${workerUrl})))`, { eval: true });

test("all arms of a seed come before the next seed", () => {
  expect(trialsOf([3, 4]).map(({ arm, seed }) => `${arm} ${seed}`)).toEqual([
    ...["before 3", "after 3", "raw 3", "both 3"],
    ...["before 4", "after 4", "raw 4", "both 4"],
  ]);
});

describe("compare", () => {
  test("gives the same figures with any number of threads, in the same order", async () => {
    const alone = await compare(table, [0, 1], settings, { threads: 1 });
    expect(alone.map(({ arm, seed }) => ({ arm, seed }))).toEqual(trialsOf([0, 1]));
    expect(await compare(table, [0, 1], settings, { threads: 2, newWorker })).toEqual(alone);
  });

  test("tells of every epoch and every trial", async () => {
    const events: CompareEvent[] = [];
    await compare(table, [0], settings, { threads: 1, onEvent: (event) => events.push(event) });
    expect(events.map(({ type, trial }) => `${trial.arm} ${type}`)).toEqual(
      ["before", "after", "raw", "both"].flatMap((arm) => [`${arm} epoch`, `${arm} epoch`, `${arm} trial`]),
    );
  });

  test.each([1, 2])("stops at an interrupt and gives what is finished (%i threads)", async (threads) => {
    const controller = new AbortController();
    const onEvent = ({ type }: CompareEvent) => type === "trial" && controller.abort();
    const results = await compare(table, [0, 1], settings, { threads, newWorker, signal: controller.signal, onEvent });
    expect(results.length).toBeGreaterThanOrEqual(1);
    expect(results.length).toBeLessThan(8);
    const aborted = AbortSignal.abort();
    expect(await compare(table, [0], settings, { threads, newWorker, signal: aborted })).toEqual([]);
  });

  test("an error in a thread is an error of the whole", async () => {
    const wrong = { ...settings, batchSize: 0 };
    await expect(compare(table, [0], wrong, { threads: 2, newWorker })).rejects.toThrow(/batchSize/);
    await expect(compare(table, [0], wrong, { threads: 1 })).rejects.toThrow(/batchSize/);
  });
});
