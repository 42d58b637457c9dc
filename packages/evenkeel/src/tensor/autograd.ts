import { formatShape, isFloat, sameShape } from "../core/index.ts";
import { add, cast, clone, fill, sumTo } from "../ops/index.ts";
import { type Edge, Node } from "./autogradNode.ts";
import { enableGrad, noGrad } from "./gradMode.ts";
import type { Tensor } from "./tensor.ts";

export interface BackwardOptions {
  /** Keep what the graph saved, so that it can be walked again. Default: the value of createGraph. */
  retainGraph?: boolean;
  /** Record the gradient computation itself, to differentiate it again. Default false. */
  createGraph?: boolean;
}

export interface GradOptions extends BackwardOptions {
  /** The gradients with respect to the outputs; a scalar output needs none. */
  gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Give null for an input that the outputs do not depend on, instead of throwing. Default false. */
  allowUnused?: boolean;
}

/**
 * Accumulates into `.grad` of every leaf the gradient of `root`.
 * https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
 */
export function backward(root: Tensor, gradient: Tensor | undefined, options: BackwardOptions = {}): void {
  const { createGraph = false } = options;
  const totals = walk([root], [seed(root, gradient)], options);
  for (const [edge, total] of totals) {
    if (edge instanceof Node) continue;
    const { grad } = edge;
    edge.grad = recording(createGraph, () => (grad === null ? own(total, createGraph) : add(grad, total)));
  }
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
  const roots = [outputs].flat() as Tensor[];
  const targets = [inputs].flat() as Tensor[];
  const given = [options.gradOutputs ?? []].flat() as (Tensor | null)[];
  targets.forEach((target, i) => {
    if (!target.requiresGrad) throw new Error(`grad: input ${i} does not require a gradient; set requiresGrad on it`);
  });
  const edges = targets.map((target) => target.gradFn ?? target);
  const seeds = roots.map((root, i) => seed(root, given[i] ?? undefined));
  const totals = walk(roots, seeds, options, new Set(edges));
  return edges.map((edge, i) => {
    const total = totals.get(edge) ?? null;
    if (total === null && !options.allowUnused) {
      throw new Error(
        `grad: input ${i} was not used to compute the outputs; give { allowUnused: true } to get null for it`,
      );
    }
    return total;
  });
}

/**
 * The walk: from the roots toward the leaves in reverse order of recording. Rules return gradients; only here are they
 * summed over uses, un-broadcast and cast. Returns the gradient of every edge, or of the targets only.
 * Everything is checked before anything is computed, and nothing is written but by the caller.
 */
function walk(
  roots: readonly Tensor[],
  seeds: readonly Tensor[],
  { createGraph = false, retainGraph = createGraph }: BackwardOptions,
  targets?: ReadonlySet<Edge>,
): Map<Edge, Tensor> {
  const nodes = reachable(roots, targets);
  for (const node of nodes) if (!targets?.has(node) || leadsOn(node, nodes, targets)) node.checkSaved();
  const totals = new Map<Edge, Tensor>();
  const flow = (edge: Edge, gradient: Tensor) => {
    const total = totals.get(edge);
    totals.set(edge, total === undefined ? gradient : add(total, gradient));
  };
  recording(createGraph, () => {
    for (const [i, root] of roots.entries()) flow(root.gradFn ?? root, seeds[i]);
    for (const node of nodes) {
      const total = totals.get(node);
      if (total === undefined) continue;
      const dy = throughHooks(node, total);
      totals.set(node, dy);
      if (node.retainer !== null) node.retainer.grad = own(dy, createGraph);
      if (!leadsOn(node, nodes, targets)) continue;
      const gradients = node.gradients(dy);
      node.edges.forEach((edge, i) => {
        const gradient = gradients[i];
        if (edge === null || gradient === null || gradient === undefined) return;
        if (targets !== undefined && !targets.has(edge) && !nodes.has(edge as Node)) return;
        const { shape, dtype } = node.inputs[i];
        const summed = sumTo(gradient, shape) as Tensor;
        flow(edge, summed.dtype === dtype ? summed : cast(summed, { dtype }));
      });
    }
    for (const [edge, total] of totals) {
      if (!(edge instanceof Node)) totals.set(edge, throughHooks(edge, total));
    }
  });
  if (!retainGraph) for (const node of nodes) node.release();
  return totals;
}

/** Whether the walk goes past a node: to leaves, or toward a target. */
function leadsOn(node: Node, nodes: ReadonlySet<Node>, targets?: ReadonlySet<Edge>): boolean {
  return (
    targets === undefined || node.edges.some((edge) => edge !== null && (targets.has(edge) || nodes.has(edge as Node)))
  );
}

/** The nodes between the roots and the leaves (or the targets), latest first. Iterative: graphs are deep. */
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
    if (!sameShape(replaced.shape, current.shape)) {
      throw new RangeError(
        `a gradient hook returned shape ${formatShape(replaced.shape)} for a gradient of shape ${formatShape(current.shape)}`,
      );
    }
    current = replaced;
  }
  return current;
}

/** The gradient to start from: the one given, or 1 for a single value. */
function seed(root: Tensor, gradient: Tensor | undefined): Tensor {
  if (!root.requiresGrad) {
    throw new Error(
      "backward: this tensor does not require a gradient and has no gradFn: no parameter took part in it, or it was " +
        "computed under noGrad() or from a detached tensor",
    );
  }
  if (gradient === undefined) {
    if (root.size !== 1) {
      throw new RangeError(
        `backward: a gradient is implied only for a single value, this tensor has shape ${formatShape(root.shape)}; ` +
          "reduce it with .mean() or .sum(), or pass a gradient of the same shape",
      );
    }
    return fill({ shape: root.shape, dtype: root.dtype, value: 1 }) as Tensor;
  }
  if (!sameShape(gradient.shape, root.shape) || !isFloat(gradient.dtype)) {
    throw new RangeError(
      `backward: the gradient has shape ${formatShape(gradient.shape)} and dtype ${gradient.dtype}, ` +
        `expected ${formatShape(root.shape)} and ${root.dtype} as the tensor itself`,
    );
  }
  return gradient;
}

/** A gradient to keep in `.grad`: with storage of its own, unless it has a history to keep. */
function own(gradient: Tensor, createGraph: boolean): Tensor {
  return createGraph ? gradient : clone(gradient);
}

function recording<T>(createGraph: boolean, fn: () => T): T {
  return createGraph ? enableGrad(fn) : noGrad(fn);
}
