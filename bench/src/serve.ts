import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { engineName } from "./engineName.ts";
import { ProblemReader } from "./problem.ts";

/**
 * One step of the problem from where the last one left off: of training, of inference, or a
 * product. Inference hands its outputs over to JavaScript every time. With `read` it gives a number
 * to compare: the loss, or the root mean square of the outputs.
 */
export type Step = (read: boolean) => number | undefined;

/** A side of the benchmark that runs in Node. */
export interface Side {
  /** Name and version of what runs, without Node's; asked after the first steps. */
  describe(): string;
  /** Starts from the problem's weights. Called more than once. */
  begin(reader: ProblemReader): Step;
}

/**
 * Answers one command per line with one line of JSON, for the problem named as the first argument.
 *
 * - `losses N`: the losses of the first N steps, and the milliseconds that preparing and the first of them took
 * - `time N`: microseconds per step over N steps
 * - `memory`: the most memory that the process has had in use, in bytes
 */
export async function serve(side: Side): Promise<void> {
  const reader = new ProblemReader(process.argv[2]);
  let step: Step | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, count] = line.split(" ");
    if (command === "losses") {
      const start = performance.now();
      step = side.begin(reader);
      const losses = [step(true)];
      const firstStep = performance.now() - start;
      while (losses.length < Number(count)) losses.push(step(true));
      answer({ version: `${side.describe()}, ${engineName(process.version)}`, losses, firstStep });
    } else if (command === "time") {
      step ??= side.begin(reader);
      answer({ microseconds: time(step, Number(count)) });
    } else {
      answer({ bytes: peakMemory() });
    }
  }
}

function time(step: Step, count: number): number {
  const start = performance.now();
  for (let i = 1; i < count; i++) step(false);
  step(true); // whatever is left to be computed is computed now
  return ((performance.now() - start) / count) * 1000;
}

function answer(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Linux counts it per program; elsewhere the figure may contain that of the process which started
 * this one.
 */
function peakMemory(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {}
  return process.resourceUsage().maxRSS * 1024;
}

export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum / values.length);
}
