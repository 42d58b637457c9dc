import { existsSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { planStudy, runStudy, type StudyData, type StudyEvent } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { describe, expect, test } from "vitest";
import { trialThreads, workerFile } from "./threads.ts";

// The sources are TypeScript, so a thread first needs tsx, the loader that the examples run with.
const workerUrl = JSON.stringify(new URL("./worker.ts", import.meta.url).href);
const newWorker = (workerData: StudyData) =>
  new Worker(`import("tsx/esm/api").then((tsx) => (tsx.register(), import(${workerUrl})))`, { eval: true, workerData });

const cars = new URL("../data/cars.json", import.meta.resolve("vega-datasets"));
const table = tableFromRows(JSON.parse(readFileSync(cars, "utf8")));
const data = { table, schema: inferSchema(table, { target: "Miles_per_Gallon" }) };
const plan = planStudy(data, { seeds: 2, epochs: 4, lrs: [0.003, 0.03], rowFractions: [0.5], hidden: [8] });

async function study(threads: number, onEvent?: (event: StudyEvent) => void, signal?: AbortSignal) {
  const pool = trialThreads(data, { threads, newWorker });
  try {
    return await runStudy(plan, { execute: pool.execute, lanes: pool.lanes, onEvent, signal });
  } finally {
    await pool.close();
  }
}

describe("threads", () => {
  test("the same bytes with one thread and with two", async () => {
    const alone = JSON.stringify((await study(1)).result);
    expect(alone).toContain('"complete":true');
    expect(JSON.stringify((await study(2)).result)).toBe(alone);
  });

  test("an abort ends the threads and keeps what is finished", async () => {
    const controller = new AbortController();
    const { result } = await study(2, (event) => event.type === "trial" && controller.abort(), controller.signal);
    expect(result.complete).toBe(false);
    expect(result.trials.length).toBeGreaterThanOrEqual(1);
    expect(result.trials.length).toBeLessThan(8);
  });

  test("an error in a thread is an error of the study", async () => {
    const pool = trialThreads(data, { threads: 2, newWorker });
    const wrong = { ...plan, settings: { ...plan.settings, target: "cube" as never } };
    await expect(runStudy(wrong, { execute: pool.execute, lanes: 2 })).rejects.toThrow(/target is "cube"/);
    await pool.close();
  });

  test("the built program starts its threads from a file that is built", () => {
    expect(existsSync(new URL(workerFile.href.replace(/js$/, "ts")))).toBe(true);
  });

  test("no threads, no study", () => {
    expect(() => trialThreads(data, { threads: 0 })).toThrow("threads is 0, expected a whole number of at least 1");
  });
});
