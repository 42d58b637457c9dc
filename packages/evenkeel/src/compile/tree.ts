import { isPlainObject, wrongType } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";
import { tensorsIn } from "../tensor/tensorsIn.ts";

type Leaf = Tensor | number | string | boolean | bigint | null | undefined;

/** Arguments and results of a step: tensors, plain values, and arrays and plain objects of them. */
export type Tree = Leaf | readonly Tree[] | { readonly [key: string]: Tree };

type Method = (...args: never[]) => unknown;

/** The names of the methods of an object; only instances of classes have some. */
type MethodNames<T> = { [K in keyof T]-?: K extends symbol ? never : T[K] extends Method ? K : never }[keyof T];

/**
 * `T` if it is a tree, else a type that `T` is not assignable to. TypeScript does not accept an
 * interface as a {@link Tree}, because it has no index signature, although its objects are trees:
 * hence this traversal of the type.
 */
export type AsTree<T> = unknown extends T
  ? T
  : T extends Tree
    ? T
    : T extends Method
      ? never
      : T extends readonly unknown[]
        ? { [K in keyof T]: AsTree<T[K]> }
        : [MethodNames<T>] extends [never]
          ? { [K in keyof T]: K extends symbol ? T[K] : AsTree<T[K]> }
          : never;

/**
 * The type that a step with an invalid argument is not assignable to: its name is the message of
 * the compiler.
 */
export interface ArgumentIsNoTree {
  readonly "an argument of the step is a function or an instance of a class; refer to it from the step itself": never;
}

/** Whether an argument has a gradient, which the step may read or accumulate into. */
export function bringsGrad(tensor: Tensor): tensor is Tensor & { readonly grad: Tensor } {
  return tensor.grad !== null;
}

/**
 * Whether shape, dtype and requiresGrad describe an argument completely: it has no gradient and no
 * hooks, and is given once.
 */
export function isOrdinary(tensor: Tensor, at: number, args: readonly unknown[]): boolean {
  if (tensor.grad !== null) return false;
  return !tensor.requiresGrad || (tensor.hooks.length === 0 && args.indexOf(tensor) === at);
}

/**
 * The inputs of a program: the tensors of the arguments, followed by the gradients that they have.
 */
export function inputsOf(args: readonly unknown[]): Tensor[] {
  const leaves = tensorsIn(args);
  return [...leaves, ...leaves.filter(bringsGrad).map(({ grad }) => grad)];
}

/** The same tree with other tensors. */
export function mapLeaves(tree: unknown, change: (tensor: Tensor) => Tensor): unknown {
  if (tree instanceof Tensor) return change(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapLeaves(item, change));
  if (isPlainObject(tree)) {
    const mapped = Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapLeaves(item, change)]));
    // `const [values, indices] = step(x)`, where the step returns x.max(1).
    const iterator = Object.getOwnPropertyDescriptor(tree, Symbol.iterator);
    return iterator === undefined ? mapped : Object.defineProperty(mapped, Symbol.iterator, iterator);
  }
  return tree;
}

/**
 * The key that two calls must share to run the same program: shapes, dtypes, and the plain values.
 * @throws TypeError for an argument of another kind
 */
export function signatureOf(tree: unknown): string {
  if (tree instanceof Tensor)
    return `${tree.dtype}[${tree.shape}]${tree.requiresGrad ? `g${tree.hooks.map(numberOf)}` : ""}${bringsGrad(tree) ? "+" : ""}`;
  if (Array.isArray(tree)) return `(${tree.map(signatureOf).join()})`;
  if (isPlainObject(tree)) {
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
  // Quoted, so that no string looks like two arguments.
  if (typeof tree === "string") return JSON.stringify(tree);
  return `${typeof tree}:${Object.is(tree, -0) ? "-0" : String(tree)}`;
}

/** The repeated tensors that require a gradient, if any: their gradients are summed. */
export function repeatsIn(args: readonly unknown[]): string {
  const leaves = tensorsIn(args).filter(({ requiresGrad }) => requiresGrad);
  const firsts = leaves.map((leaf) => leaves.indexOf(leaf));
  return firsts.some((first, i) => first !== i) ? ` repeats ${firsts}` : "";
}

const numbers = /* @__PURE__ */ new WeakMap<object, number>();
let count = 0;

/** A number that identifies a hook. */
function numberOf(hook: object): number {
  const number = numbers.get(hook) ?? ++count;
  numbers.set(hook, number);
  return number;
}
