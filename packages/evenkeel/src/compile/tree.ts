import { describe } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

/** Arguments and results of a step: tensors, plain values, and arrays and plain objects of them. */

export type Tree = unknown;

/** The tensors of a tree, in order. */
export function leavesOf(tree: Tree): Tensor[] {
  if (tree instanceof Tensor) return [tree];
  if (Array.isArray(tree)) return tree.flatMap(leavesOf);
  if (isPlain(tree)) return Object.values(tree).flatMap(leavesOf);
  return [];
}

/** The same tree with other tensors. */
export function mapLeaves(tree: Tree, change: (tensor: Tensor) => Tensor): Tree {
  if (tree instanceof Tensor) return change(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapLeaves(item, change));
  if (isPlain(tree))
    return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapLeaves(item, change)]));
  return tree;
}

/**
 * What two calls must have in common to run the same program: shapes, dtypes, and the plain values themselves.
 * @throws TypeError for an argument that is neither
 */
export function signatureOf(tree: Tree): string {
  if (tree instanceof Tensor) return `${tree.dtype}[${tree.shape}]${tree.requiresGrad ? "g" : ""}`;
  if (Array.isArray(tree)) return `(${tree.map(signatureOf).join()})`;
  if (isPlain(tree)) {
    return `{${Object.entries(tree)
      .map(([key, item]) => `${JSON.stringify(key)}:${signatureOf(item)}`)
      .join()}}`;
  }
  if (typeof tree === "object" || typeof tree === "function" || typeof tree === "symbol") {
    if (tree === null) return "null";
    throw new TypeError(
      `compile: an argument of the step is ${describe(tree)}, expected tensors, numbers, strings, booleans, or arrays and plain ` +
        "objects of them; refer to anything else from the function itself",
    );
  }
  // Quoted, so that no string reads like two arguments.
  if (typeof tree === "string") return JSON.stringify(tree);
  return `${typeof tree}:${Object.is(tree, -0) ? "-0" : String(tree)}`;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
