import type { AnyOp, DType, Shape, Spec } from "../core/index.ts";
import type { ProcessGroup } from "../ops/collective/processGroup.ts";
import type { Generator } from "../random/index.ts";
import type { Storage } from "../tensor/storage.ts";

/** The source of a buffer's contents. */
export type Source =
  /** An argument of the step, copied in at every run. */
  | { readonly kind: "argument"; readonly index: number }
  /** A tensor the step refers to: read and written in place, never copied. */
  | { readonly kind: "state"; readonly storage: Storage }
  | { readonly kind: "constant"; readonly value: number }
  /** A number read from the host at every run: the one that `of` keeps as `key`. */
  | { readonly kind: "host"; readonly read: () => number; readonly of: object; readonly key: string }
  /** Made by a node of the graph. */
  | { readonly kind: "temporary" };

/** Memory of one dtype and size. Values of several shapes may share it. */
export interface GraphBuffer {
  readonly dtype: DType;
  readonly size: number;
  readonly source: Source;
}

/** A buffer seen in a shape. */
export interface GraphValue extends Spec {
  readonly buffer: GraphBuffer;
}

/** One op to perform. */
export interface GraphNode {
  readonly op: AnyOp;
  readonly attrs: unknown;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** A recorded step: nodes in program order, and the results. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly results: readonly GraphValue[];
}

export function viewOf(buffer: GraphBuffer, shape: Shape): GraphValue {
  return { buffer, shape, dtype: buffer.dtype };
}

/** The buffers that a node writes: its outputs, and the state it declares. */
export function writtenBy({ op, inputs, outputs }: GraphNode): GraphBuffer[] {
  const written = outputs.map(({ buffer }) => buffer);
  for (const index of op.writes) written.push(inputs[index].buffer);
  return written;
}

/** The generator that a node draws from, if it does. */
export function generatorOf({ attrs }: GraphNode): Generator | undefined {
  return (attrs as { generator?: Generator } | undefined)?.generator;
}

/** The group whose ranks exchange something at a node: all of them run it, and in the same order. */
export function groupOf({ attrs }: GraphNode): ProcessGroup | undefined {
  return (attrs as { readonly group?: ProcessGroup } | undefined)?.group;
}

/** Whether a node has side effects: it writes state, draws from a generator, or sends messages. */
export function hasEffect(node: GraphNode): boolean {
  return node.op.writes.length > 0 || generatorOf(node) !== undefined || groupOf(node) !== undefined;
}
