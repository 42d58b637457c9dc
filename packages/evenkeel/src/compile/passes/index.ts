import type { Graph, GraphValue } from "../graph.ts";
import { fusionOf } from "../group.ts";
import { verification, verifyEffects, verifyGraph, verifyTasks } from "../verify.ts";
import { fuseBatchNormRelu } from "./batchNormRelu.ts";
import { channelsLast } from "./channelsLast.ts";
import { foldConstants, withoutExpansions, withoutNeedlessClones } from "./fold.ts";
import { fuseElementwise, type Task } from "./fuse.ts";
import { joinCalls } from "./join.ts";
import { fuseLinear } from "./linear.ts";
import { withoutDeadCode } from "./rewrite.ts";
import { writeThrough } from "./writeThrough.ts";

/**
 * Turns a traced graph into the tasks of a program. Every pass preserves the values and the state.
 */
export function optimize(graph: Graph): { tasks: Task[]; results: readonly GraphValue[] } {
  let program = graph;
  if (verification.enabled) verifyGraph(program, "the trace");
  for (const [name, pass] of Object.entries(passes)) {
    const before = program;
    program = pass(program);
    if (!verification.enabled) continue;
    verifyGraph(program, name);
    verifyEffects(before, program, name);
  }
  const tasks = joinCalls(fuseElementwise(program));
  if (verification.enabled) verifyTasks(tasks, program);
  return { tasks, results: program.results };
}

const passes: Readonly<Record<string, (graph: Graph) => Graph>> = {
  withoutDeadCode,
  foldConstants,
  withoutNeedlessClones,
  fuseBatchNormRelu,
  channelsLast,
  fuseLinear,
  writeThrough,
  withoutExpansions: (graph) => withoutExpansions(graph, (node) => fusionOf(node) !== undefined),
};
