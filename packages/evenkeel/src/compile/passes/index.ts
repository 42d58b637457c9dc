import type { Graph, GraphValue } from "../graph.ts";
import { fusionOf } from "../group.ts";
import { fuseBatchNormRelu } from "./batchNormRelu.ts";
import { foldConstants, withoutExpansions, withoutNeedlessClones } from "./fold.ts";
import { fuseElementwise, type Task } from "./fuse.ts";
import { joinCalls } from "./join.ts";
import { withoutDeadCode } from "./rewrite.ts";
import { writeThrough } from "./writeThrough.ts";

/** From what a trace wrote down to the tasks of a program. Every pass keeps the meaning: the same values in the same state. */
export function optimize(graph: Graph): { tasks: Task[]; results: readonly GraphValue[] } {
  const passes = [
    withoutDeadCode,
    foldConstants,
    withoutNeedlessClones,
    fuseBatchNormRelu,
    writeThrough,
    (program: Graph) => withoutExpansions(program, (node) => fusionOf(node) !== undefined),
  ];
  const program = passes.reduce<Graph>((current, pass) => pass(current), graph);
  return { tasks: joinCalls(fuseElementwise(program)), results: program.results };
}
