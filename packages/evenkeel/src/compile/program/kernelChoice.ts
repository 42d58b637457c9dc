import { kernelOf } from "../../ops/kernels.ts";
import { type GraphNode, groupOf } from "../graph.ts";
import type { Task } from "../passes/fuse.ts";
import { countsBytes } from "./emitDivided.ts";

/** The reason why an op has no code; undefined if it has. */
export function whyNoKernel(node: GraphNode): string | undefined {
  if (groupOf(node) !== undefined) return "a message to other ranks, which the host sends";
  const { op, attrs, inputs, outputs } = node;
  const kernel = kernelOf(op);
  if (kernel.kind === "none") return kernel.why;
  if (kernel.kind === "lanes") return "elementwise, of a dtype or broadcast that the fused loop does not do";
  return kernel.declines?.(inputs, outputs, attrs);
}

/**
 * Bytes of working memory that a task needs.
 * @param divides - whether large tasks are divided among threads
 */
export function scratchOf(task: Task, divides: boolean): number {
  if (task.kind === "joined") return divides ? countsBytes : 0;
  if (task.kind !== "op" || whyNoKernel(task.node) !== undefined) return 0;
  const { op, attrs, inputs, outputs } = task.node;
  const kernel = kernelOf(op);
  if (kernel.kind !== "kernel") return 0;
  if (divides && kernel.joins?.(inputs) !== undefined) return countsBytes;
  return kernel.scratch?.(inputs, outputs, attrs, divides) ?? 0;
}
