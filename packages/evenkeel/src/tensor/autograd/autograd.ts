import {
  checkOptions,
  describe,
  formatShape,
  isFloat,
  isValue,
  mismatch,
  refuse,
  sameShape,
  wrongState,
  wrongType,
} from "../../core/index.ts";
import { add, cast, clone, fill, sumTo } from "../../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { type Edge, Node, OutputNode } from "./autogradNode.ts";
import { type GradientReducer, type GradientWatch, reducersOf } from "./gradientReducer.ts";
import { enableGrad, noGrad } from "./gradMode.ts";

export interface BackwardOptions {
  /**
   * Keep the saved values, so that the graph allows another backward pass. Default: the value of
   * createGraph.
   */
  retainGraph?: boolean | undefined;
  /** Record the gradient computation itself, to differentiate it again. Default false. */
  createGraph?: boolean | undefined;
}

export interface GradOptions extends BackwardOptions {
  /** The gradients with respect to the outputs; a scalar output needs none. */
  gradOutputs?: Tensor | readonly (Tensor | null)[] | undefined;
  /**
   * Give null for an input that the outputs do not depend on, instead of throwing. Default false.
   */
  allowUnused?: boolean | undefined;
}

/**
 * Accumulates the gradient of `root` into `.grad` of every leaf.
 * https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
 */
export function backward(root: Tensor, gradient: Tensor | undefined, options: BackwardOptions = {}): void {
  checkOptions("backward", options, backwardOptions);
  const { createGraph = false } = options;
  const { totals, retained, reducers, watch, release } = backwardPass([root], [seed(root, gradient)], options);
  const leaves = new Map([...totals].filter((entry): entry is [Tensor, Tensor] => !(entry[0] instanceof Node)));
  const grads = recording(createGraph, () => {
    const whole = new Set<Tensor>();
    for (const [reducer, calls] of reducers) for (const leaf of reducer.reduce(leaves, calls, watch)) whole.add(leaf);
    return [
      ...retained.map(([tensor, total]) => [tensor, own(total, createGraph)] as const),
      ...[...leaves].map(([leaf, total]) => {
        return [leaf, whole.has(leaf) ? own(total, createGraph) : accumulated(leaf, total, createGraph)] as const;
      }),
    ];
  });
  // From here on nothing can fail.
  for (const [tensor, gradient] of grads) tensor.grad = gradient;
  for (const reducer of reducers.keys()) reducer.written?.();
  release();
}

const backwardOptions = ["retainGraph", "createGraph"];

function accumulated(leaf: Tensor, total: Tensor, createGraph: boolean): Tensor {
  const { grad } = leaf;
  if (grad === null) return own(total, createGraph);
  if (!isValue(grad) || !sameShape(grad.shape, total.shape)) {
    throw mismatch(
      "wrong-shape",
      "backward",
      `.grad of a tensor of shape ${formatShape(leaf.shape)} was set to ` +
        `${isValue(grad) ? `shape ${formatShape(grad.shape)}` : "something else than a Tensor"}`,
      "its own shape",
      "set it to null or to a gradient",
    );
  }
  return add(grad, total);
}

/**
 * The gradients of the outputs with respect to the inputs; leaves `.grad` alone.
 * https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions & { allowUnused: true },
): (Tensor | null)[];
/**
 * The gradients of the outputs with respect to the inputs, all of which the outputs must depend on;
 * leaves `.grad` alone.
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options?: GradOptions,
): Tensor[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  checkOptions("grad", options, [...backwardOptions, "gradOutputs", "allowUnused"]);
  const roots = [outputs].flat() as Tensor[];
  const targets = [inputs].flat() as Tensor[];
  const given = options.gradOutputs === undefined ? [] : ([options.gradOutputs].flat() as (Tensor | null)[]);
  if (options.gradOutputs !== undefined && given.length !== roots.length) {
    throw mismatch(
      "wrong-value",
      "grad",
      `${given.length} gradOutputs for ${roots.length} outputs`,
      "one for each",
      "null stands for 1",
    );
  }
  roots.forEach((root, i) => {
    if (!isValue(root)) throw wrongType("grad", `output ${i}`, root, "a Tensor");
  });
  targets.forEach((target, i) => {
    if (!isValue(target)) throw wrongType("grad", `input ${i}`, target, "a Tensor");
    if (!target.requiresGrad)
      throw wrongState("grad", `input ${i} does not require a gradient`, "set requiresGrad on it");
  });
  const edges = targets.map((target) => target.gradFn ?? target);
  const seeds = roots.map((root, i) => seed(root, given[i] ?? undefined));
  const { totals, retained, release } = backwardPass(roots, seeds, options, new Set(edges));
  const gradients = edges.map((edge, i) => {
    const total = totals.get(edge) ?? null;
    if (total === null && !options.allowUnused) {
      throw wrongState(
        "grad",
        `input ${i} was not used to compute the outputs`,
        "give { allowUnused: true } to get null for it",
      );
    }
    return total;
  });
  const { createGraph = false } = options;
  recording(createGraph, () => {
    for (const [tensor, total] of retained) tensor.grad = own(total, createGraph);
  });
  release();
  return gradients;
}

/**
 * The result of a backward pass; the caller stores the gradients once nothing can fail any more,
 * and releases the saved values.
 */
interface PassResult {
  /** The gradient of every edge, or of the targets only. */
  readonly totals: ReadonlyMap<Edge, Tensor>;
  /** The gradients of non-leaf tensors that retain theirs. */
  readonly retained: readonly (readonly [Tensor, Tensor])[];
  /** Those of the ops on the way, in the order of the pass. */
  readonly reducers: ReadonlyMap<GradientReducer, readonly unknown[]>;
  /** That of the only reducer, if it has one. */
  readonly watch: GradientWatch | undefined;
  readonly release: () => void;
}

/**
 * The backward pass, from the roots toward the leaves in reverse order of recording. Rules return
 * gradients; this function alone sums them over uses, undoes broadcasting and casts. Only the
 * caller writes to tensors.
 */
function backwardPass(
  roots: readonly Tensor[],
  seeds: readonly Tensor[],
  { createGraph = false, retainGraph = createGraph }: BackwardOptions,
  targets?: ReadonlySet<Edge>,
): PassResult {
  const nodes = reachable(roots, targets);
  const through = targets === undefined ? nodes : new Set([...nodes].filter((node) => leadsOn(node, nodes, targets)));
  for (const node of through) node.checkSaved();
  const reducers = reducersOf(nodes);
  if (targets !== undefined && reducers.size > 0) {
    throw refuse(
      "not-supported",
      "grad",
      "the outputs come from DistributedDataParallel, whose gradients backward() alone sums over the ranks",
      "call backward(), or differentiate what net.module gives for the rows of this rank",
    );
  }
  const [[reducer, calls] = []] = reducers;
  const watch = createGraph || reducers.size > 1 ? undefined : reducer?.watch?.(nodes, calls ?? []);
  const totals = new Map<Edge, Tensor>();
  /** For an op with several outputs: the gradient of each so far. */
  const arrived = new Map<Node, (Tensor | null)[]>();
  const retained: [Tensor, Tensor][] = [];
  const flow = (edge: Edge, gradient: Tensor) => {
    const total = totals.get(edge);
    totals.set(edge, total === undefined ? gradient : add(total, gradient));
  };
  const run = () => {
    for (const [i, root] of roots.entries()) flow(root.gradFn ?? root, seeds[i]);
    for (const node of nodes) {
      const total = totals.get(node);
      let dys = arrived.get(node);
      if (total !== undefined) {
        const dy = throughHooks(node, total);
        totals.set(node, dy);
        if (node.retainer !== null) retained.push([node.retainer, dy]);
        dys = [dy];
      }
      if (dys === undefined || !through.has(node)) {
        watch?.passed(node, totals);
        continue;
      }
      if (node instanceof OutputNode) {
        const { joint, slot } = node;
        const parts = arrived.get(joint) ?? Array.from({ length: joint.slots }, () => null);
        parts[slot] = dys[0];
        arrived.set(joint, parts);
        continue;
      }
      const gradients = node.gradients(dys);
      node.edges.forEach((edge, i) => {
        const gradient = gradients[i];
        if (edge === null || gradient === null || gradient === undefined) return;
        if (targets !== undefined && !targets.has(edge) && !nodes.has(edge as Node)) return;
        const { shape, dtype } = node.inputs[i];
        const summed = sumTo(gradient, shape) as Tensor;
        flow(edge, summed.dtype === dtype ? summed : cast(summed, { dtype }));
      });
      watch?.passed(node, totals);
    }
    for (const [edge, total] of totals) {
      if (!(edge instanceof Node) && !watch?.isFinal(edge)) totals.set(edge, throughHooks(edge, total));
    }
  };
  try {
    recording(createGraph, run);
  } catch (error) {
    watch?.abandon();
    throw error;
  }
  const release = () => {
    if (!retainGraph) for (const node of through) node.release();
  };
  return { totals, retained, reducers, watch, release };
}

/**
 * Whether the backward pass runs a node: it stops at a target, unless another target lies beyond
 * it.
 */
function leadsOn(node: Node, nodes: ReadonlySet<Node>, targets: ReadonlySet<Edge>): boolean {
  return node.edges.some((edge) => edge !== null && (targets.has(edge) || nodes.has(edge as Node)));
}

/**
 * The nodes between the roots and the leaves (or the targets), latest first. Iterative, because
 * graphs are deep.
 */
function reachable(roots: readonly Tensor[], targets?: ReadonlySet<Edge>): Set<Node> {
  const seen = new Set<Node>();
  const stack = roots.flatMap((root) => root.gradFn ?? []);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of node.edges) if (edge instanceof Node) stack.push(edge);
  }
  const ordered = [...seen].sort((a, b) => b.sequence - a.sequence);
  if (targets === undefined) return new Set(ordered);
  const useful = new Set<Edge>(targets);
  for (const node of [...ordered].reverse()) {
    if (node.edges.some((edge) => edge !== null && useful.has(edge))) useful.add(node);
  }
  return new Set(ordered.filter((node) => useful.has(node)));
}

function throughHooks(edge: Edge, gradient: Tensor): Tensor {
  let current = gradient;
  for (const hook of [...edge.hooks]) {
    const replaced = hook(current);
    if (replaced === undefined || replaced === null) continue;
    if (!isValue(replaced)) {
      throw mismatch(
        "wrong-type",
        "",
        `a gradient hook returned ${describe(replaced)}`,
        "a Tensor, or nothing to only look",
      );
    }
    if (!sameShape(replaced.shape, current.shape) || replaced.dtype !== current.dtype) {
      throw refuse(
        "wrong-shape",
        "",
        `a gradient hook returned shape ${formatShape(replaced.shape)} and dtype ${replaced.dtype} for a ` +
          `gradient of shape ${formatShape(current.shape)} and dtype ${current.dtype}`,
        "return one like it",
      );
    }
    current = replaced;
  }
  return current;
}

/** The initial gradient: the given one, or 1 for a single value. */
function seed(root: Tensor, gradient: Tensor | undefined): Tensor {
  if (!root.requiresGrad) {
    throw wrongState(
      "",
      root.storage.isResult
        ? "backward: this tensor is a result of a compiled step, and those have no history: call backward() within the step, " +
            "behind what it computes; or give { compile: false }"
        : "backward: this tensor does not require a gradient and has no gradFn: no parameter took part in it, or it was " +
            "computed under noGrad(), from a detached tensor, or from results of a compiled step",
    );
  }
  if (gradient === undefined) {
    if (root.numel() !== 1) {
      throw refuse(
        "wrong-shape",
        "backward",
        `a gradient is implied only for a single value, this tensor has shape ${formatShape(root.shape)}`,
        "reduce it with .mean() or .sum(), or pass a gradient of the same shape",
      );
    }
    return fill({ shape: root.shape, dtype: root.dtype, value: 1 }) as Tensor;
  }
  if (!isValue(gradient)) {
    throw wrongType(
      "backward",
      "the gradient",
      gradient,
      `a Tensor of shape ${formatShape(root.shape)}`,
      "options come second: backward(undefined, { retainGraph: true })",
    );
  }
  if (!sameShape(gradient.shape, root.shape) || !isFloat(gradient.dtype)) {
    throw mismatch(
      "wrong-shape",
      "backward",
      `the gradient has shape ${formatShape(gradient.shape)} and dtype ${gradient.dtype}`,
      `${formatShape(root.shape)} and ${root.dtype} as the tensor itself`,
    );
  }
  return gradient;
}

/** A gradient to store in `.grad`: it gets storage of its own, unless it has a history. */
function own(gradient: Tensor, createGraph: boolean): Tensor {
  return createGraph ? gradient : clone(gradient);
}

function recording<T>(createGraph: boolean, fn: () => T): T {
  return createGraph ? enableGrad(fn) : noGrad(fn);
}
