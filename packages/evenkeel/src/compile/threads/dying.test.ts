import { Worker } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { shareHeap } from "../memory/heap.ts";
import { ThreadPool } from "./pool.ts";
import type { StartThread } from "./startThread.ts";

/** A thread that runs something else, in little memory. */
const threadOf =
  (source: string): StartThread =>
  (_, workerData, died) => {
    const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 };
    const worker = new Worker(source, { workerData, eval: true, resourceLimits });
    worker.on("error", died);
    return { end: () => void worker.terminate() };
  };

const outOfMemory = "const all = []; for (;;) all.push(new Array(1000).fill(all.length));";
const program = { id: 1_000_000, module: { address: 0, length: 0 }, threads: 3 };

let pool: ThreadPool | undefined;
afterEach(() => pool?.resize(1));

it.each([
  ["out of memory", outOfMemory],
  ["of an error", "throw new Error('it is not this thread's day')"],
])("a thread that dies %s leaves the parts to the main thread, and is not replaced", async (_, source) => {
  shareHeap();
  pool = new ThreadPool(threadOf(source));
  pool.resize(3);
  const runs: number[] = [];
  const parts = Object.fromEntries([4, 5, 6].map((part) => [`part_${part}`, () => void runs.push(part)]));
  const all = [6, 5, 4];
  pool.run(program, parts, 4, 3);
  expect(runs.splice(0)).toEqual(all);
  expect(pool.workers).toBe(2);
  const start = performance.now();
  while (pool.workers > 0 && performance.now() - start < 20_000) await new Promise((done) => setTimeout(done, 20));
  expect(pool.workers).toBe(0);
  pool.run(program, parts, 4, 3);
  expect(runs).toEqual(all);
  expect(pool.workers).toBe(0);
  pool.resize(2); // asks for one anew
  pool.run(program, parts, 4, 3);
  expect(pool.workers).toBe(1);
});
