import { isFloat, warnOnce } from "../../core/index.ts";
import type { GraphNode } from "../graph.ts";
import type { Program } from "../program/program.ts";

/**
 * Tells, once for a compiled function, what of its computation in float64 runs on the host and why: float32 rarely does,
 * and nobody would expect it of a compiled step.
 */
export function warnOfHost(step: object, { parts: { tasks, code } }: Program): void {
  const reasons = new Map<string, string>();
  tasks.forEach((task, i) => {
    const { fallback } = code[i];
    if (fallback === undefined || task.kind !== "op" || !isOfDoubles(task.node)) return;
    reasons.set(task.node.op.name, fallback);
  });
  if (reasons.size === 0) return;
  const list = [...reasons].map(([name, why]) => `${name} (${why})`).join("; ");
  warnOnce(step, "float64 on the host", () => {
    const cost = "the numbers are right, but the step takes longer";
    return `compile: a step in float64 calls the host for ${list}: ${cost}; convert to float32 with .float(), or see explain()`;
  });
}

/** Statistics and rates are float64 beside float32 too: the first float decides. */
function isOfDoubles({ inputs, outputs }: GraphNode): boolean {
  return [...inputs, ...outputs].find(({ dtype }) => isFloat(dtype))?.dtype === "float64";
}
