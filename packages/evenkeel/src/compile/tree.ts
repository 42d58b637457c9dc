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

/** Whether an argument has a gradient that a backward of the step would add to. */
export function bringsGrad(tensor: Tensor): tensor is Tensor & { readonly grad: Tensor } {
  return tensor.requiresGrad && tensor.grad !== null;
}

/** What a program gets: the tensors of the arguments, and behind them the gradients that they bring along. */
export function inputsOf(args: readonly Tree[]): Tensor[] {
  const leaves = leavesOf(args);
  return [...leaves, ...leaves.filter(bringsGrad).map(({ grad }) => grad)];
}

/** The same tree with other tensors. */
export function mapLeaves(tree: Tree, change: (tensor: Tensor) => Tensor): Tree {
  if (tree instanceof Tensor) return change(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapLeaves(item, change));
  if (isPlain(tree)) {
    const mapped = Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapLeaves(item, change)]));
    // `const [values, indices] = step(x)`, where the step returns x.max(1).
    const iterator = Object.getOwnPropertyDescriptor(tree, Symbol.iterator);
    return iterator === undefined ? mapped : Object.defineProperty(mapped, Symbol.iterator, iterator);
  }
  return tree;
}

/**
 * What two calls must have in common to run the same program: shapes, dtypes, and the plain values themselves.
 * @throws TypeError for an argument that is neither
 */
export function signatureOf(tree: Tree): string {
  if (tree instanceof Tensor)
    return `${tree.dtype}[${tree.shape}]${tree.requiresGrad ? "g" : ""}${bringsGrad(tree) ? "+" : ""}`;
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
