import { isFloat, warnOnce } from "../../core/index.ts";
import { type GraphNode, groupOf } from "../graph.ts";
import type { Program } from "../program/program.ts";

/** What reads a number that came from other ranks, by name: a page without ranks ships none of it. */
const ofOtherRanks: readonly string[] = ["skipDraws", "updateSyncedStats"];

/**
 * Warns, once per compiled function, which parts of its float64 computation run on the host and
 * why: float32 rarely does, so it is unexpected in a compiled step.
 */
export function warnOfHost(step: object, { parts: { tasks, code } }: Program): void {
  const reasons = new Map<string, string>();
  tasks.forEach((task, i) => {
    const { fallback } = code[i];
    if (fallback === undefined || task.kind !== "op" || !isOfDoubles(task.node)) return;
    // No dtype would make code of what depends on other ranks.
    if (groupOf(task.node) !== undefined || ofOtherRanks.includes(task.node.op.name)) return;
    reasons.set(task.node.op.name, fallback);
  });
  if (reasons.size === 0) return;
  const list = [...reasons].map(([name, why]) => `${name} (${why})`).join("; ");
  warnOnce(step, "float64 on the host", () => {
    const cost = "the numbers are right, but the step takes longer";
    return `compile: a step in float64 calls the host for ${list}: ${cost}; convert to float32 with .float(), or see explain()`;
  });
}

/** Statistics and rates are float64 in float32 networks too: the first float decides. */
function isOfDoubles({ inputs, outputs }: GraphNode): boolean {
  return [...inputs, ...outputs].find(({ dtype }) => isFloat(dtype))?.dtype === "float64";
}
