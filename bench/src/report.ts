import { type Measured, type Outcome, timesAsLong } from "./measure.ts";
import type { Target } from "./targets.ts";
import type { ProcessOutcome } from "./wholeProcess.ts";
import { matmulOperations, wholeProcess } from "./workloads.ts";

type Row = readonly string[];

/**
 * A table that reads well as text and is one in Markdown. The first column is text, the others
 * numbers.
 */
export function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column].length)));
  const line = (row: Row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

export function outcomeSection({ workload, measured, failed }: Outcome): string {
  const product = workload.kind === "matmul";
  const base = measured[0];
  const head = ["", "median", product ? "GFLOP/s" : "fastest", "times", "first step", "memory"];
  const rows = measured.map((side) => [
    side.version,
    time(side.median),
    product ? (matmulOperations(workload) / side.median / 1e3).toFixed(1) : time(Math.min(...side.rounds)),
    times(side, base),
    time(side.firstStep * 1000),
    megabytes(side.memory),
  ]);
  return [`## ${workload.id}: ${workload.title}`, table(head, rows), ...failed.map((why) => `Not timed: ${why}`)].join(
    "\n\n",
  );
}

export function processSection({ measured, failed }: ProcessOutcome): string {
  const base = measured[0];
  const rows = measured.map((side) => [
    side.name,
    `${side.median.toFixed(2)} s`,
    `${Math.min(...side.rounds).toFixed(2)} s`,
    side === base ? "1" : timesAsLong(side, base).toFixed(2),
    `${side.testMae.toFixed(2)} mpg`,
    String(side.steps),
  ]);
  return [
    `## ${wholeProcess.id}: ${wholeProcess.title}`,
    table(["", "median", "fastest", "times", "test MAE", "steps"], rows),
    ...failed.map((why) => `Not timed: ${why}`),
  ].join("\n\n");
}

export function sizeSection(sizes: readonly (readonly [name: string, bytes: number | undefined])[]): string {
  const rows = sizes.map(([name, bytes]) => [name, bytes === undefined ? "unknown" : megabytes(bytes)]);
  return ["## Size on disk, with all it depends on", table(["", "installed"], rows)].join("\n\n");
}

export function targetSection(targets: readonly Target[]): string {
  const words = (reached: boolean | undefined) => (reached === undefined ? "—" : reached ? "reached" : "not reached");
  const rows = targets.map(({ what, measured, reached }) => [what, measured, words(reached)]);
  return ["## Targets", table(["", "measured", ""], rows)].join("\n\n");
}

function times(side: Measured, base: Measured): string {
  return side === base ? "1" : timesAsLong(side, base).toFixed(2);
}

function time(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds.toFixed(1)} us`;
  if (microseconds < 1e6) return `${(microseconds / 1000).toFixed(2)} ms`;
  return `${(microseconds / 1e6).toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 23 ? 1 : 0)} MiB`;
}
