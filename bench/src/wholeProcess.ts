import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ProcessSide, Rival, RivalId } from "./rivals.ts";
import { median } from "./statistics.ts";
import { ownSession, raiseWeight } from "./weight.ts";

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

/** One way of doing W6, and whose it is. */
interface Contender extends ProcessSide {
  readonly rival: Rival;
}

interface Run {
  readonly seconds: number;
  readonly testMae: number;
  readonly steps: number;
}

/**
 * Miles per gallon that test errors may lie apart: the sides draw their weights and batches with
 * generators of their own.
 */
const tolerance = 0.6;

/**
 * Runs the scripts of W6 in turns. Only those that took as many steps and learned as much as the
 * first are kept.
 */
export async function measureProcesses(rivals: readonly Rival[], rounds: number): Promise<ProcessOutcome> {
  const table = tablePath();
  const failed = new Map<Contender, string>();
  const contenders = rivals.flatMap((rival) => rival.processes.map((side): Contender => ({ ...side, rival })));
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [contender, done] of runs) {
      if (failed.has(contender)) continue;
      try {
        done.push(await runOnce(contender, table));
      } catch (error) {
        failed.set(contender, error instanceof Error ? error.message : String(error));
      }
    }
  }
  const kept = [...runs].filter(([contender]) => !failed.has(contender));
  const reference = kept[0]?.[1].at(-1);
  for (const [contender, done] of kept) {
    const { testMae, steps } = done[done.length - 1];
    if (reference && (steps !== reference.steps || !(Math.abs(testMae - reference.testMae) <= tolerance))) {
      const expected = `${kept[0][0].name} ${reference.testMae} mpg after ${reference.steps} steps`;
      failed.set(contender, `${contender.name}: ${testMae} mpg after ${steps} steps, ${expected}; not the same work`);
    }
  }
  return {
    measured: kept.filter(([contender]) => !failed.has(contender)).map(([contender, done]) => summary(contender, done)),
    failed: [...failed.values()],
  };
}

function summary({ rival: { id }, name }: Contender, runs: readonly Run[]): ProcessMeasured {
  const seconds = runs.map((run) => run.seconds);
  const { testMae, steps } = runs[runs.length - 1];
  return { id, name, rounds: seconds, median: median(seconds), testMae, steps };
}

// Node reads certificates that the environment adds when it starts, 50 ms for a whole bundle;
// nobody here goes to the network.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

async function runOnce({ name, command, rival }: Contender, table: string): Promise<Run> {
  const [program, script, ...mode] = command;
  const start = performance.now();
  const child = spawn(program, [script, table, ...mode], {
    ...ownSession,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...environment, ...rival.environment },
  });
  raiseWeight(child);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const seconds = (performance.now() - start) / 1000;
  const [, mae, steps] = /test MAE ([\d.]+) mpg after (\d+) steps/.exec(output) ?? [];
  if (status !== 0 || mae === undefined) throw new Error(`${name} ended with status ${status} and no test error`);
  return { seconds, testMae: Number(mae), steps: Number(steps) };
}

function tablePath(): string {
  // The package exports its loaders only; the file lies beside them.
  const path = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data/cars.json");
  readFileSync(path); // into the file cache, before anybody is timed
  return path;
}
