import { now, type Spec, sameShape, warnOnce } from "../../core/index.ts";
import { isGradEnabled, Tensor } from "../../tensor/index.ts";
import { warnOfHost } from "../explain/hostWarning.ts";
import type { GraphBuffer } from "../graph.ts";
import { type Made, make } from "../made.ts";
import type { ProgramOptions } from "../program/program.ts";
import { type Trace, trace } from "../trace/trace.ts";
import { isOrdinary, repeatsIn, signatureOf } from "../tree.ts";
import { type Comparison, compareTraces } from "./compare.ts";
import type { Guards } from "./guards.ts";
import type { Cell, Cells } from "./numbers.ts";
import { type Check, Watch } from "./watch.ts";

type Step = (...args: never[]) => unknown;

/**
 * A step for one signature and one state of its settings: a program, and the numbers for its cells.
 */
export interface Variant {
  readonly signature: string;
  readonly gradEnabled: boolean;
  /** The arguments, if all of them are tensors that this describes completely. */
  readonly tensors?: readonly (Spec & { readonly requiresGrad: boolean })[] | undefined;
  readonly made: Made;
  /** One for each cell of the program. */
  readonly numbers: ReadonlyMap<Cell, number>;
  returned: unknown;
  guards: Guards;
  calls: number;
  /** Whether to check it before it runs again. */
  isSuspect: boolean;
}

/** Variants per program: settings that alternate, such as train and eval mode. */
const mostPerProgram = 4;

/** After this many consecutive traced calls a warning is printed. */
const mostMisses = 8;

/**
 * The programs of a compiled function: chooses the one that a call runs, and checks whether it is
 * still valid.
 */
export class Variants {
  readonly #step: Step;
  readonly #options: ProgramOptions & { readonly cacheSize: number };
  readonly #watch: Watch;
  /** The last one used first. */
  #variants: Variant[] = [];
  /** Calls in a row that found no program. */
  #misses = 0;

  constructor(step: Step, options: ProgramOptions & { readonly cacheSize: number; readonly check: Check }) {
    this.#step = step;
    this.#options = options;
    this.#watch = new Watch(options.check);
  }

  /** One variant of each program, the last used first. */
  get programs(): readonly Variant[] {
    const seen = new Set<Made>();
    return this.#variants.filter(({ made }) => !seen.has(made) && seen.add(made));
  }

  /** Gives all programs up. */
  dispose(): void {
    this.#keep([]);
  }

  /** Checks every program before it runs again. */
  suspect(): void {
    for (const variant of this.#variants) variant.isSuspect = true;
  }

  /**
   * The variant to run on arguments. Traces the step if there is none yet, or if a check is due.
   */
  find(args: readonly unknown[]): Variant {
    const known = this.#known(args);
    if (known === undefined) return this.#missed(args);
    this.#misses = 0;
    return this.#watch.isDue(++known.calls, known.isSuspect) ? this.#checked(known, args) : known;
  }

  /** {@link find} without a check: nothing runs. */
  prepare(args: readonly unknown[]): Variant {
    const known = this.#known(args);
    if (known !== undefined) return known;
    const made = this.#missed(args);
    made.calls = 0;
    return made;
  }

  #known(args: readonly unknown[]): Variant | undefined {
    const variants = this.#variants;
    for (let i = 0; i < variants.length; i++) {
      if (!isLike(args, variants[i]) || !holds(variants[i])) continue;
      return i === 0 ? variants[0] : this.#toFront(i);
    }
    // Arguments that are not tensors alone.
    const signature = signatureIn(args);
    const index = variants.findIndex((variant) => variant.signature === signature && holds(variant));
    return index < 0 ? undefined : this.#toFront(index);
  }

  #toFront(index: number): Variant {
    const [variant] = this.#variants.splice(index, 1);
    this.#variants.unshift(variant);
    return variant;
  }

  #missed(args: readonly unknown[]): Variant {
    const signature = signatureIn(args);
    const misses = this.#misses + 1;
    if (misses === mostMisses) this.#warnOfMisses(signature);
    // A call that throws is not counted as a slow one.
    this.#misses = 0;
    const fresh = trace(this.#step, args, this.#variants[0]?.made.trace.graph);
    this.#misses = misses;
    const variant = this.#variantOf(fresh, args, signature);
    this.#variants.unshift(variant);
    this.#drop();
    return variant;
  }

  /**
   * Traces the step again. If it has changed, the program is replaced, and all others are suspect.
   */
  #checked(variant: Variant, args: readonly unknown[]): Variant {
    const begun = now();
    // An eager step would throw at every call, until the cause has gone.
    variant.isSuspect = true;
    const fresh = trace(this.#step, args, variant.made.trace.graph);
    const comparison = compareTraces(variant.made.trace, fresh);
    const change = changeOf(variant, comparison);
    if (change === undefined) {
      variant.guards = fresh.guards;
      // Objects other than trees, such as a Map or an instance of a class, are not compared.
      variant.returned = fresh.returned;
      variant.isSuspect = false;
      this.#watch.checked(begun, false);
      return variant;
    }
    const replacement = this.#variantOf(fresh, args, variant.signature);
    replacement.calls = variant.calls;
    this.suspect();
    this.#keep(this.#variants.map((each) => (each === variant ? replacement : each)));
    this.#drop();
    this.#watch.checked(begun, true);
    warnOnce(this.#step, "changed", () => changed(change));
    return replacement;
  }

  /** Reuses an existing program, if one differs in its numbers only. */
  #variantOf(fresh: Trace, args: readonly unknown[], signature: string): Variant {
    const { made, numbers } = this.#madeFor(fresh);
    const tensors = args.every((arg, i) => arg instanceof Tensor && isOrdinary(arg, i, args))
      ? (args as readonly Tensor[]).map(({ shape, dtype, requiresGrad }) => ({ shape, dtype, requiresGrad }))
      : undefined;
    const { guards, returned } = fresh;
    const gradEnabled = isGradEnabled();
    return { signature, gradEnabled, tensors, made, numbers, returned, guards, calls: 1, isSuspect: false };
  }

  #madeFor(fresh: Trace): Pick<Variant, "made" | "numbers"> {
    const candidates = this.programs.flatMap(({ made }) => {
      const comparison = compareTraces(made.trace, fresh);
      if (comparison.kind === "different") return [];
      const changed = [...comparison.numbers].filter(([constant, { value }]) => !Object.is(value, numberOf(constant)));
      const missing = changed.map(([constant]) => constant).filter((constant) => !made.cells.has(constant));
      return [{ made, comparison, missing }];
    });
    if (candidates.length === 0) return { made: this.#make(fresh, new Map()), numbers: new Map() };
    const { made, comparison, missing } = candidates.reduce((a, b) => (b.missing.length < a.missing.length ? b : a));
    const cells = new Map([...made.cells, ...missing.map((constant) => [constant, { value: 0 }] as const)]);
    const chosen = missing.length === 0 ? made : this.#make(made.trace, cells);
    const numbers = new Map<Cell, number>();
    for (const [constant, cell] of chosen.cells) {
      numbers.set(cell, comparison.numbers.get(constant)?.value ?? numberOf(constant));
    }
    return { made: chosen, numbers };
  }

  #make(written: Trace, cells: Cells): Made {
    const made = make(written, cells, this.#options);
    warnOfHost(this.#step, made.program);
    return made;
  }

  /** Evicts the least recently used programs, and per program the least recently used settings. */
  #drop(): void {
    const kept = new Map<Made, number>();
    const left = this.#variants.filter(({ made }) => {
      const count = kept.get(made) ?? 0;
      if (count === 0 && kept.size === this.#options.cacheSize) return false;
      kept.set(made, count + 1);
      return count < mostPerProgram;
    });
    this.#keep(left);
  }

  /**
   * From now on these are the variants. Programs that none of them runs give their memory back now:
   * collections of garbage know nothing of it, and do not happen within a synchronous loop.
   */
  #keep(variants: Variant[]): void {
    const kept = new Set(variants.map(({ made }) => made));
    const gone = this.#variants.filter(({ made }) => !kept.has(made));
    this.#variants = variants;
    for (const { made } of gone) made.program.dispose();
  }

  #warnOfMisses(signature: string): void {
    const like = this.#variants.find((variant) => variant.signature === signature);
    const reason =
      like?.guards.broken ?? (like && "a gradient that it adds to is another tensor") ?? "its arguments are others";
    const cure =
      like === undefined ? "; pass what changes as a tensor" : "; write it outside of the step, or in a Buffer";
    warnOnce(this.#step, "missed", () => `compile: the step is traced at every call, which is slow: ${reason}${cure}.`);
  }
}

function changed(change: string): string {
  return (
    `compile: the step does something else than when it was traced: ${change}. What a step takes from around it (a number, a ` +
    "list, a tensor that is replaced) is looked at from time to time only, so calls before this one may have used what was " +
    "there before. From now on it is traced at every call, until it stays the same for a while. Pass what changes as an " +
    'argument, keep it in a tensor or in a field of a module, or say compile(step, { check: "always" }).'
  );
}

/** The result of a check, in words. */
function changeOf({ numbers, made }: Variant, comparison: Comparison): string | undefined {
  if (comparison.kind === "different") return comparison.change;
  for (const [constant, { value, where }] of comparison.numbers) {
    const cell = made.cells.get(constant);
    const before = cell === undefined ? numberOf(constant) : numbers.get(cell);
    if (!Object.is(before, value)) return `${where}: the number ${before} became ${value}`;
  }
  return comparison.returned;
}

function numberOf({ source }: GraphBuffer): number {
  return source.kind === "constant" ? source.value : Number.NaN;
}

const signatureIn = (args: readonly unknown[]) =>
  `${isGradEnabled() ? "grad" : "noGrad"} ${args.map(signatureOf).join()}${repeatsIn(args)}`;

/** The common case of tensors only, which avoids building a signature. */
function isLike(args: readonly unknown[], { tensors, gradEnabled }: Variant): boolean {
  if (tensors === undefined || tensors.length !== args.length || gradEnabled !== isGradEnabled()) return false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const { shape, dtype, requiresGrad } = tensors[i];
    if (!(arg instanceof Tensor) || arg.dtype !== dtype || arg.requiresGrad !== requiresGrad) return false;
    if (!sameShape(arg.shape, shape) || !isOrdinary(arg, i, args)) return false;
  }
  return true;
}

function holds({ guards, made }: Variant): boolean {
  if (!guards.holds) return false;
  const { gradFields } = made.trace;
  for (let i = 0; i < gradFields.length; i++) {
    const { tensor, expects } = gradFields[i];
    if (expects !== undefined && tensor.grad !== expects.grad) return false;
  }
  return true;
}
