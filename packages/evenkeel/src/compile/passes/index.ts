import type { Graph, GraphValue } from "../graph.ts";
import { fusionOf } from "../group.ts";
import { verification } from "../verification.ts";
import { verifyEffects, verifyGraph, verifyTasks } from "../verify.ts";
import { fuseBatchNormRelu } from "./batchNormRelu.ts";
import { channelsLast } from "./channelsLast.ts";
import { foldConstants, withoutExpansions, withoutNeedlessClones } from "./fold.ts";
import { fuseElementwise, type Task } from "./fuse.ts";
import { joinCalls } from "./join.ts";
import { fuseLinear } from "./linear.ts";
import { chainLinear } from "./linearChain.ts";
import { withoutDeadCode } from "./rewrite.ts";
import { writeThrough } from "./writeThrough.ts";

interface PassOptions {
  /** Whether loops for vectors of 256 bits are faster here; asked when it matters. */
  readonly wide?: () => boolean;
}

/**
 * Turns a traced graph into the tasks of a program. Every pass preserves the values and the state.
 */
export function optimize(
  graph: Graph,
  { wide = () => false }: PassOptions = {},
): { tasks: Task[]; results: readonly GraphValue[] } {
  let program = graph;
  if (verification.enabled) verifyGraph(program, "the trace");
  for (const [name, pass] of Object.entries(passes)) {
    const before = program;
    program = pass(program, wide);
    if (!verification.enabled) continue;
    verifyGraph(program, name);
    verifyEffects(before, program, name);
  }
  const tasks = joinCalls(fuseElementwise(program));
  if (verification.enabled) verifyTasks(tasks, program);
  return { tasks, results: program.results };
}

const passes: Readonly<Record<string, (graph: Graph, wide: () => boolean) => Graph>> = {
  withoutDeadCode,
  foldConstants,
  withoutNeedlessClones,
  fuseBatchNormRelu,
  channelsLast,
  fuseLinear,
  // With vectors of 128 bits layers are as fast one after the other.
  chainLinear,
  writeThrough,
  withoutExpansions: (graph) => withoutExpansions(graph, (node) => fusionOf(node) !== undefined),
};
