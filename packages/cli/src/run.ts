import { arms } from "./arms.ts";
import { compare } from "./compare.ts";
import { showProgress } from "./progress.ts";
import { introduction, type Plan, report } from "./report.ts";
import type { TrialResult } from "./results.ts";
import { splitTable } from "./split.ts";
import { count, type Output } from "./terminal.ts";

/** Trains and compares as planned, and writes what happens. After an interrupt the report is on what is finished. */
export async function runPlan(plan: Plan, output: Output, signal?: AbortSignal): Promise<void> {
  const { table, seeds, settings, threads } = plan;
  const { write, colors } = output;
  const started = performance.now();
  const splits = seeds.map((seed) => splitTable(table, seed).facts);
  write(introduction(plan, splits[0], colors));

  const progress = showProgress(output, seeds, settings);
  const onEvent = progress.update;
  const trials = await compare(table, seeds, settings, { threads, signal, onEvent }).finally(progress.stop);

  const whole = wholeSeeds(trials);
  if (whole.size > 0) {
    const comparison = {
      settings,
      splits: splits.filter(({ seed }) => whole.has(seed)),
      trials: trials.filter(({ seed }) => whole.has(seed)),
    };
    write(`\n${report(comparison, plan.targetMae, colors)}`);
  }
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const planned = seeds.length * arms.length;
  if (trials.length === planned) {
    write(`\nTook ${seconds}: ${count(planned, "network")} on ${count(threads, "thread")}.\n`);
    return;
  }
  const reported = whole.size > 0 ? " The report is on those seeds alone." : "";
  write(
    `\nInterrupted after ${seconds}: ${trials.length} of ${planned} networks were trained to the end, ` +
      `${whole.size} of ${seeds.length} seeds with all ${arms.length}.${reported}\n`,
  );
}

/** Seeds of which every arm is there. */
function wholeSeeds(trials: readonly TrialResult[]): Set<number> {
  const counts = new Map<number, number>();
  for (const { seed } of trials) counts.set(seed, (counts.get(seed) ?? 0) + 1);
  return new Set([...counts].filter(([, trained]) => trained === arms.length).map(([seed]) => seed));
}
