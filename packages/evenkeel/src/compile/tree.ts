import { wrongType } from "../core/index.ts";
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

/** Whether an argument has a gradient, which the step may read or add to. */
export function bringsGrad(tensor: Tensor): tensor is Tensor & { readonly grad: Tensor } {
  return tensor.grad !== null;
}

/** Whether shape, dtype and requiresGrad tell all of an argument: it brings no gradient, has no hooks, and comes once. */
export function isOrdinary(tensor: Tensor, at: number, args: readonly Tree[]): boolean {
  if (tensor.grad !== null) return false;
  return !tensor.requiresGrad || (tensor.hooks.length === 0 && args.indexOf(tensor) === at);
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
    return `${tree.dtype}[${tree.shape}]${tree.requiresGrad ? `g${tree.hooks.map(numberOf)}` : ""}${bringsGrad(tree) ? "+" : ""}`;
  if (Array.isArray(tree)) return `(${tree.map(signatureOf).join()})`;
  if (isPlain(tree)) {
    return `{${Object.entries(tree)
      .map(([key, item]) => `${JSON.stringify(key)}:${signatureOf(item)}`)
      .join()}}`;
  }
  if (typeof tree === "object" || typeof tree === "function" || typeof tree === "symbol") {
    if (tree === null) return "null";
    throw wrongType(
      "compile",
      "an argument of the step",
      tree,
      "tensors, numbers, strings, booleans, or arrays and plain objects of them",
      "refer to anything else from the function itself",
    );
  }
  // Quoted, so that no string reads like two arguments.
  if (typeof tree === "string") return JSON.stringify(tree);
  return `${typeof tree}:${Object.is(tree, -0) ? "-0" : String(tree)}`;
}

/** Which of the tensors that require a gradient are the same, as far as some are: gradients of all places are summed. */
export function twinsIn(args: readonly Tree[]): string {
  const leaves = leavesOf(args).filter(({ requiresGrad }) => requiresGrad);
  const firsts = leaves.map((leaf) => leaves.indexOf(leaf));
  return firsts.some((first, i) => first !== i) ? ` twins ${firsts}` : "";
}

const numbers = /* @__PURE__ */ new WeakMap<object, number>();
let count = 0;

/** A number for a hook, which is the same hook wherever the number is the same. */
function numberOf(hook: object): number {
  const number = numbers.get(hook) ?? ++count;
  numbers.set(hook, number);
  return number;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
