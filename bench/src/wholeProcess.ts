import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Rival, RivalId } from "./rivals.ts";
import { median } from "./statistics.ts";

/** What W6 took one rival, from starting the program to its end. */
export interface ProcessMeasured {
  readonly id: RivalId;
  readonly name: string;
  /** Seconds, one figure per round. */
  readonly rounds: readonly number[];
  readonly median: number;
  /** Miles per gallon, of the last run. */
  readonly testMae: number;
  readonly steps: number;
}

export interface ProcessOutcome {
  readonly measured: readonly ProcessMeasured[];
  readonly failed: readonly string[];
}

interface Run {
  readonly seconds: number;
  readonly testMae: number;
  readonly steps: number;
}

/** Miles per gallon that test errors may lie apart: the sides draw their weights and batches with generators of their own. */
const tolerance = 0.6;

/** Runs the scripts of W6 in turns. Only those that took as many steps and learned as much as the first are kept. */
export async function measureProcesses(rivals: readonly Rival[], rounds: number): Promise<ProcessOutcome> {
  const table = tablePath();
  const failed = new Map<Rival, string>();
  const runs = new Map<Rival, Run[]>(rivals.filter((rival) => rival.process).map((rival) => [rival, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [rival, done] of runs) {
      if (failed.has(rival)) continue;
      try {
        done.push(await runOnce(rival, table));
      } catch (error) {
        failed.set(rival, error instanceof Error ? error.message : String(error));
      }
    }
  }
  const kept = [...runs].filter(([rival]) => !failed.has(rival));
  const reference = kept[0]?.[1].at(-1);
  for (const [rival, done] of kept) {
    const { testMae, steps } = done[done.length - 1];
    if (reference && (steps !== reference.steps || !(Math.abs(testMae - reference.testMae) <= tolerance))) {
      const expected = `${kept[0][0].name} ${reference.testMae} mpg after ${reference.steps} steps`;
      failed.set(rival, `${rival.name}: ${testMae} mpg after ${steps} steps, ${expected}; not the same work`);
    }
  }
  return {
    measured: kept.filter(([rival]) => !failed.has(rival)).map(([rival, done]) => summary(rival, done)),
    failed: [...failed.values()],
  };
}

function summary({ id, name }: Rival, runs: readonly Run[]): ProcessMeasured {
  const seconds = runs.map((run) => run.seconds);
  const { testMae, steps } = runs[runs.length - 1];
  return { id, name, rounds: seconds, median: median(seconds), testMae, steps };
}

// Node reads certificates that the environment adds when it starts, 50 ms for a whole bundle; nobody here goes to the network.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

async function runOnce(rival: Rival, table: string): Promise<Run> {
  const [command, script, ...mode] = rival.process ?? [];
  const start = performance.now();
  const child = spawn(command === "node" ? process.execPath : command, [script, table, ...mode], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...environment, ...rival.environment },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const seconds = (performance.now() - start) / 1000;
  const [, mae, steps] = /test MAE ([\d.]+) mpg after (\d+) steps/.exec(output) ?? [];
  if (status !== 0 || mae === undefined) throw new Error(`${rival.name} ended with status ${status} and no test error`);
  return { seconds, testMae: Number(mae), steps: Number(steps) };
}

function tablePath(): string {
  // The package exports its loaders only; the file lies beside them.
  const path = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data/cars.json");
  readFileSync(path); // into the file cache, before anybody is timed
  return path;
}
