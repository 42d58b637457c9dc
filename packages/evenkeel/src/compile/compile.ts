/// <reference lib="esnext.disposable" preserve="true" />
import {
  flag,
  type GivenOptions,
  optional,
  refuse,
  refuseInStep,
  resolveOptions,
  wholeNumber,
  wrongState,
} from "../core/index.ts";
import { fasterPasses } from "../eager/batchNorm.ts";
import { fasterReferences } from "../eager/faster.ts";
import { channelPasses } from "../ops/normalize/normalize.passes.ts";
import { useFasterReferences } from "../tensor/eager.ts";
import { Tensor } from "../tensor/index.ts";
import { hasRelaxedMadd } from "../wasm/index.ts";
import { type ExplainOptions, type Explanation, explain } from "./explain/explain.ts";
import { checkGiven } from "./trace/given.ts";
import { isTracing } from "./trace/trace.ts";
import { type ArgumentIsNoTree, type AsTree, inputsOf, mapLeaves, type Tree } from "./tree.ts";
import { type Variant, Variants } from "./variants/variants.ts";
import { watches } from "./variants/watch.ts";
import { enableWideVectors, hasWideVectors } from "./wideVectors.ts";

// A program that may compile ships the assembler, so its eager steps use it too.
useFasterReferences(fasterReferences);
channelPasses.current = fasterPasses;

export const compileOptions = {
  /** False runs the function eagerly, for debugging (true). */
  compile: optional(flag(), true),
  /**
   * When to check whether the function has changed because of a number, a list or a tensor of its
   * closure. "doubling": at calls 2, 4, 8, … and whenever checks have taken at most a hundredth of
   * the time; "always": at every call, which takes as long as an eager step of few operations;
   * "never" ("doubling").
   */
  check: optional(watches, "doubling"),
  /**
   * Lets the engine fuse multiply and add, if it can (in Node 20 only with `evenkeel/node`): faster,
   * but the low bits may differ between machines (false).
   */
  fast: optional(flag(), false),
  /**
   * Vectors of 256 bits, where Node can make them: up to twice as fast, with the same bits. True turns
   * them on for the process, as `import "evenkeel/node"` does, and does nothing where there are none;
   * with false the step keeps the loops of before (whether they are on).
   */
  wide: optional(flag()),
  /** The most threads of `setNumThreads` that it runs on (all of them). */
  threads: optional(wholeNumber(1)),
  /**
   * How many programs to keep (16). The least recently used goes first, and gives its memory back
   * at once.
   */
  cacheSize: optional(wholeNumber(1), 16),
};

export interface CompileOptions extends GivenOptions<typeof compileOptions> {}

/** A compiled function. */
export interface Compiled<Args extends readonly unknown[], Result> {
  (...args: Args): Result;
  /**
   * Traces and compiles for arguments like these without running them: asynchronously, as browsers
   * require on the main thread.
   */
  prepare(...args: Args): Promise<void>;
  /**
   * Checks each program before its next run, independently of `check`: call it after a change that
   * guards cannot see.
   */
  recheck(): void;
  /**
   * The programs made so far, the last used first: their tasks, and the reasons of those that run
   * on the host.
   */
  explain(options?: ExplainOptions): Explanation;
  /** How many programs there are. */
  readonly programs: number;
  /**
   * Gives the memory of all programs back at once, rather than when the function is
   * garbage-collected. Tensors stay as they are: parameters, state, gradients and results have
   * memory of their own. A second call does nothing; calling the function afterwards is an error.
   */
  dispose(): void;
  /** The same, for `using`; absent where the engine has no `Symbol.dispose`. */
  [Symbol.dispose](): void;
}

/**
 * Returns a function of the same signature that runs `step` as one WebAssembly program: forward,
 * backward and the optimizer. The first call for a signature (shapes, dtypes, plain values,
 * gradient mode) traces it; later calls replay the trace. The function itself does not run again,
 * so its side effects other than tensor operations do not happen.
 *
 * Before every run the settings that the step used are checked: fields of modules (lists and plain
 * objects in them too), containers, hooks, parameter groups, optimizer state. If one has changed,
 * the step is traced again. JavaScript cannot observe the closure of a function: for that the step
 * is traced again from time to time, see `check`.
 *
 * Parameters, running statistics and optimizer state are referred to, not copied. Returned tensors
 * are new and have no history. Random ops draw from their generators at every run. A call that
 * throws has changed nothing.
 *
 * @throws TypeError or RangeError for a step that is not a function, or an option that is unknown
 *   or out of range
 */
export function compile<Args extends Tree[], Result>(
  step: (...args: Args) => Result,
  options?: CompileOptions,
): Compiled<Args, Result>;
/**
 * The same for arguments whose types are interfaces. An instance of a class is not allowed as an
 * argument.
 */
export function compile<Args extends unknown[], Result>(
  step: ((...args: Args) => Result) & (Args extends AsTree<Args> ? unknown : ArgumentIsNoTree),
  options?: CompileOptions,
): Compiled<Args, Result>;
export function compile<Args extends unknown[], Result>(
  step: (...args: Args) => Result,
  options: CompileOptions = {},
): Compiled<Args, Result> {
  if (typeof step !== "function")
    throw refuse("wrong-type", "", "compile expects a function: compile((x, y) => { ... })");
  const {
    compile: enabled,
    check,
    fast,
    wide = hasWideVectors(),
    threads,
    cacheSize,
  } = resolveOptions("compile", options, compileOptions);
  const settings = { fast: fast && hasRelaxedMadd(), wide: wide && enableWideVectors(), threads, cacheSize, check };
  const variants = new Variants(step as (...args: never[]) => unknown, settings);

  let isDisposed = false;
  const checkUse = () => {
    if (isDisposed) throw wrongState("compile", "this compiled function was disposed of", "compile the step again");
  };
  const dispose = () => {
    refuseInStep("dispose() of a compiled function", "call it after the step");
    isDisposed = true;
    variants.dispose();
  };
  const run = (...args: Args): Result => {
    checkUse();
    // Inside another compiled step this one becomes part of it.
    if (!enabled || isTracing()) return step(...args);
    return replay(variants.find(args), args) as Result;
  };
  const compiled = Object.assign(run, {
    prepare: async (...args: Args) => {
      checkUse();
      if (enabled && !isTracing()) await variants.prepare(args).made.program.instantiateAsync();
    },
    recheck: () => variants.suspect(),
    explain: (given?: ExplainOptions) =>
      explain(
        variants.programs.map(({ made, signature }) => ({ program: made.program, signature })),
        given,
      ),
    dispose,
    ...(typeof Symbol.dispose === "symbol" && { [Symbol.dispose]: dispose }),
  });
  // Object.assign would copy the current count.
  return Object.defineProperty(compiled, "programs", { get: () => variants.programs.length }) as Compiled<Args, Result>;
}

function replay({ made, numbers, returned, tensors }: Variant, args: readonly unknown[]): unknown {
  if (numbers.size > 0) for (const [cell, value] of numbers) cell.value = value;
  const { program, grads, trace } = made;
  const given = tensors === undefined ? inputsOf(args) : (args as readonly Tensor[]);
  checkGiven(given, trace);
  const results = program.run(given);
  const { gradFields, argumentGrads } = trace;
  for (let i = 0; i < gradFields.length; i++) gradFields[i].tensor.grad = grads[i];
  let next = 0;
  const tree = returned instanceof Tensor ? results[next++] : mapLeaves(returned, () => results[next++]);
  for (const { index, grad } of argumentGrads) given[index].grad = grad && results[next++];
  return tree;
}
