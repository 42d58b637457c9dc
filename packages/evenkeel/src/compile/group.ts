import { type Spec, sameShape } from "../core/index.ts";
import { kernelOf } from "../ops/kernels.ts";
import { broadcastPattern } from "../wasm/broadcastPattern.ts";
import { type FusedGroup, type LaneType, laneTypeOf, whyNotFused } from "../wasm/index.ts";
import type { GraphBuffer, GraphNode, GraphValue } from "./graph.ts";

/** The inputs of elementwise nodes in one loop: the values that none of them makes. */
export function inputsOf(nodes: readonly GraphNode[]): GraphValue[] {
  const made = new Set(nodes.map(({ outputs }) => outputs[0].buffer));
  const inputs: GraphValue[] = [];
  for (const value of nodes.flatMap((node) => node.inputs)) {
    if (!made.has(value.buffer) && !inputs.some((known) => isSame(known, value))) inputs.push(value);
  }
  return inputs;
}

/** The nodes as one loop; `place` returns the locations of values, or only their specs. */
export function fusedGroup<I extends Spec>(
  nodes: readonly GraphNode[],
  stored: readonly GraphBuffer[],
  place: (value: GraphValue) => I,
): FusedGroup<I> {
  const [first] = nodes;
  const dtype = laneTypeOf(first.inputs, first.outputs[0]);
  const inputs = inputsOf(nodes);
  const steps = nodes.map(({ op, attrs, inputs: operands, outputs }, at) => ({
    kernel: kernelOf(op) as FusedGroup["steps"][number]["kernel"],
    attrs,
    args: operands.map((value) => {
      const maker = nodes.findIndex((other, i) => i < at && other.outputs[0].buffer === value.buffer);
      return maker >= 0 ? inputs.length + maker : inputs.findIndex((input) => isSame(input, value));
    }),
    dtype: outputs[0].dtype,
  }));
  const outputs = nodes.flatMap((node, step) =>
    stored.includes(node.outputs[0].buffer) ? [{ step, placed: place(node.outputs[0]) }] : [],
  );
  return { dtype, shape: first.outputs[0].shape, inputs: inputs.map(place), steps, outputs };
}

/** The key that elementwise nodes of one shape must have in common to share a loop. */
interface Fusion {
  readonly lanes: LaneType;
  /**
   * The dimension that splits the shape into rows and columns; undefined if the node does not
   * depend on it.
   */
  readonly split?: number | undefined;
}

/** The loop of a node; undefined if it cannot be one. */
export function fusionOf(node: GraphNode): Fusion | undefined {
  if (kernelOf(node.op).kind !== "lanes" || node.outputs.length !== 1) return undefined;
  const group = fusedGroup<Spec>([node], [node.outputs[0].buffer], (value) => value);
  if (whyNotFused(group) !== undefined) return undefined;
  const shapes = group.inputs.map(({ shape }) => shape);
  return { lanes: group.dtype, split: broadcastPattern(shapes, group.shape)?.split };
}

function isSame(a: GraphValue, b: GraphValue): boolean {
  return a.buffer === b.buffer && sameShape(a.shape, b.shape);
}
