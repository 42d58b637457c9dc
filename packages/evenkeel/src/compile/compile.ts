import { checkOptions, type Spec, sameShape } from "../core/index.ts";
import { assign } from "../ops/index.ts";
import { isGradEnabled, Storage, Tensor } from "../tensor/index.ts";
import { hasRelaxedMadd } from "../wasm/index.ts";
import { type ExplainOptions, type Explanation, explain } from "./explain.ts";
import type { GradField } from "./gradFields.ts";
import { type Graph, type GraphBuffer, type GraphValue, viewOf } from "./graph.ts";
import type { Guards } from "./guards.ts";
import { warnOfHost } from "./hostWarning.ts";
import { optimize } from "./passes/index.ts";
import { Program } from "./program.ts";
import { isTracing, trace } from "./trace.ts";
import { leavesOf, mapLeaves, signatureOf, type Tree } from "./tree.ts";

export interface CompileOptions {
  /** False runs the function as it is, eagerly: for debugging. Default true. */
  readonly compile?: boolean;
  /** Lets the engine fuse multiply and add, where it can (not in Node 20): faster, but the low bits may differ between machines. */
  readonly fast?: boolean;
  /** How many programs to keep, the least recently used going first. Default 16. */
  readonly cacheSize?: number;
}

/** A compiled function. */
export interface Compiled<Args extends Tree[], Result> {
  (...args: Args): Result;
  /** Traces and compiles for arguments like these without running: asynchronously, as the main thread of a page should. */
  prepare(...args: Args): Promise<void>;
  /** The programs made so far, the last one used first: what they consist of, and what fell back to the host and why. */
  explain(options?: ExplainOptions): Explanation;
  /** How many programs there are. */
  readonly programs: number;
}

interface Entry {
  readonly signature: string;
  readonly gradEnabled: boolean;
  /** The arguments, where all of them are tensors. */
  readonly tensors?: readonly (Spec & { readonly requiresGrad: boolean })[];
  readonly guards: Guards;
  readonly gradFields: readonly GradField[];
  readonly grads: readonly (Tensor | null)[];
  readonly returned: Tree;
  /** Whether that is an array of tensors, as what programs give is. */
  readonly isList: boolean;
  readonly program: Program;
}

const optionNames = ["compile", "fast", "cacheSize"];

/**
 * A function of the same signature that runs `step` as one WebAssembly program: forward, backward and the optimizer alike.
 * The first call for a signature (shapes, dtypes, plain values, gradient mode, settings of the modules met, such as train
 * or eval) traces it; later calls replay what was traced, so the function itself does not run again: what it does besides
 * tensor operations happens once, and numbers of the host are what they were, save those that optimizers read at each step.
 *
 * Parameters, running statistics and optimizer state are referred to, not copied. Returned tensors are new and have no
 * history. Random ops draw from their generators at every run.
 */
export function compile<Args extends Tree[], Result>(
  step: (...args: Args) => Result,
  options: CompileOptions = {},
): Compiled<Args, Result> {
  if (typeof step !== "function") throw new TypeError("compile expects a function: compile((x, y) => { ... })");
  checkOptions("compile", options, optionNames);
  const { compile: enabled = true, fast = false, cacheSize = 16 } = options;
  if (!Number.isInteger(cacheSize) || cacheSize < 1) {
    throw new RangeError(`compile: cacheSize is ${cacheSize}, expected a whole number of at least 1`);
  }
  /** The last one used first. */
  let entries: Entry[] = [];

  const find = (args: Args): Entry => {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (!isLike(args, entry) || !holds(entry)) continue;
      if (i > 0) entries.unshift(...entries.splice(i, 1));
      return entry;
    }
    const signature = `${isGradEnabled() ? "grad" : "noGrad"} ${args.map(signatureOf).join()}`;
    const index = entries.findIndex((entry) => entry.signature === signature && holds(entry));
    const entry = index >= 0 ? entries[index] : build(step, args, signature, fast);
    entries = [entry, ...entries.filter((other) => other !== entry)].slice(0, cacheSize);
    return entry;
  };

  const run = (...args: Args): Result => {
    // Inside another compiled step this one is part of it.
    if (!enabled || isTracing()) return step(...args);
    return replay(find(args), args) as Result;
  };
  const compiled = Object.assign(run, {
    prepare: async (...args: Args) => {
      if (enabled) await find(args).program.instantiateAsync();
    },
    explain: (given?: ExplainOptions) =>
      explain(
        entries.map(({ program, signature }) => ({ program, signature })),
        given,
      ),
  });
  // Object.assign would copy the count of now.
  return Object.defineProperty(compiled, "programs", { get: () => entries.length }) as Compiled<Args, Result>;
}

/** The common case, without writing out a signature: tensors alone. */
function isLike(args: readonly Tree[], { tensors, gradEnabled }: Entry): boolean {
  if (tensors === undefined || tensors.length !== args.length || gradEnabled !== isGradEnabled()) return false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const { shape, dtype, requiresGrad } = tensors[i];
    if (!(arg instanceof Tensor) || arg.dtype !== dtype || arg.requiresGrad !== requiresGrad) return false;
    if (!sameShape(arg.shape, shape)) return false;
  }
  return true;
}

function holds({ guards, gradFields }: Entry): boolean {
  if (!guards.holds) return false;
  for (const { tensor, expects } of gradFields) if (expects !== undefined && tensor.grad !== expects.grad) return false;
  return true;
}

function build<Args extends Tree[]>(
  step: (...args: Args) => Tree,
  args: Args,
  signature: string,
  fast: boolean,
): Entry {
  const { graph, returned, guards, gradFields } = trace(step as (...args: never[]) => Tree, args);
  const { graph: complete, grads } = withGradients(graph, gradFields);
  const { tasks, results } = optimize(complete);
  const program = new Program(tasks, results, { fast: fast && hasRelaxedMadd() });
  warnOfHost(step, program);
  const tensors = args.every((arg) => arg instanceof Tensor)
    ? (args as readonly Tensor[]).map(({ shape, dtype, requiresGrad }) => ({ shape, dtype, requiresGrad }))
    : undefined;
  return {
    signature,
    gradEnabled: isGradEnabled(),
    tensors,
    guards,
    gradFields,
    grads,
    returned,
    isList: Array.isArray(returned) && returned.every((item) => item instanceof Tensor),
    program,
  };
}

/** Gradients that stay in `.grad` after the step are written to tensors of their own, or to the one they add to. */
export function withGradients(graph: Graph, fields: readonly GradField[]): { graph: Graph; grads: (Tensor | null)[] } {
  const nodes = [...graph.nodes];
  const states = statesOf(graph);
  const grads = fields.map(({ tensor, leaves, expects }) => {
    if (leaves.kind === "tensor") return leaves.grad;
    const { value } = leaves;
    const kept =
      expects?.grad ?? keptBefore(tensor, value) ?? new Tensor(Storage.zeros(value), value.shape, value.dtype);
    keptGradients.set(tensor, kept);
    const { storage, dtype, size } = kept;
    const state = states.get(storage) ?? { dtype, size, source: { kind: "state", storage } };
    const target: GraphValue = viewOf(state, value.shape);
    nodes.push({ op: assign, attrs: {}, inputs: [target, value], outputs: [] });
    return kept;
  });
  return { graph: { nodes, results: graph.results }, grads };
}

/** Where programs leave the gradient of a tensor: the same for all of them, so that one update reads it whichever ran. */
const keptGradients = /* @__PURE__ */ new WeakMap<Tensor, Tensor>();

function keptBefore(tensor: Tensor, { shape, dtype }: Spec): Tensor | undefined {
  const kept = keptGradients.get(tensor);
  return kept === tensor.grad && kept?.dtype === dtype && sameShape(kept.shape, shape) ? kept : undefined;
}

/** The buffers that stand for memory outside a graph. */
function statesOf({ nodes }: Graph): Map<Storage, GraphBuffer> {
  const states = new Map<Storage, GraphBuffer>();
  for (const { inputs } of nodes) {
    for (const { buffer } of inputs) if (buffer.source.kind === "state") states.set(buffer.source.storage, buffer);
  }
  return states;
}

function replay({ program, gradFields, grads, returned, isList, tensors }: Entry, args: readonly Tree[]): Tree {
  const results = program.run(tensors === undefined ? leavesOf(args) : (args as readonly Tensor[]));
  for (let i = 0; i < gradFields.length; i++) gradFields[i].tensor.grad = grads[i];
  if (returned instanceof Tensor) return results[0];
  if (isList) return results;
  let next = 0;
  return mapLeaves(returned, () => results[next++]);
}
