import type { Call, Composition } from "./composition.ts";
import { type Difference, distance, few, firstDifference } from "./judge.ts";
import { ulp32, ulp64, withNoise } from "./noise.ts";
import { Random } from "./random.ts";
import { type Observation, type Outcome, run } from "./run.ts";

/** A fault: what was compared, and where it parts. */
export interface Fault extends Difference {
  readonly kind: "compiled" | "compiled anew" | "compiled in float64";
}

export interface Checked {
  readonly fault?: Fault;
  /** Eager cannot run it: says nothing about programs. */
  readonly invalid?: boolean;
  /**
   * How it was settled: numbers within a few ulps, within the error of rounding, or only with kinks
   * and the like taken apart.
   */
  readonly settled: "close" | "rounding" | "illConditioned";
  readonly programs: number;
}

export interface CheckOptions {
  /** Also with programs that are made anew for every call, to be the same to the bit. */
  readonly anew: boolean;
  /** Also in float64. */
  readonly double: boolean;
}

/** What a compiled step says that it cannot do, and docs/09 says too. */
const refusals = ["writes into an argument of the step"];

const failed = (kind: Fault["kind"], { error }: Outcome): Fault => ({
  kind,
  label: "an error",
  what: `${error?.stack?.split("\n").slice(0, 4).join("\n")}`,
});

/** Runs a composition in all ways, and compares. */
export function check(composition: Composition, { anew, double }: CheckOptions): Checked {
  const eager = run(composition, "float32", "eager");
  if (eager.error !== undefined) return { invalid: true, settled: "close", programs: 0 };
  const compiled = run(composition, "float32", "compiled");
  const { programs } = compiled;
  if (refusals.some((message) => compiled.error?.message.includes(message))) {
    return { invalid: true, settled: "close", programs };
  }
  if (compiled.error !== undefined) return { fault: failed("compiled", compiled), settled: "close", programs };
  if (programs > mostPrograms(composition)) {
    const what = `${programs} were made for ${composition.calls.length} calls that differ in nothing`;
    return { fault: { kind: "compiled", label: "programs", what }, settled: "close", programs };
  }
  const reference = new Reference(composition, eager.observations);
  const difference = reference.difference(compiled.observations);
  const { settled } = reference;
  if (difference !== undefined) return { fault: { kind: "compiled", ...difference }, settled, programs };
  if (anew) {
    const again = run(composition, "float32", "anew");
    if (again.error !== undefined) return { fault: failed("compiled anew", again), settled, programs };
    const other = firstDifference(again.observations, compiled.observations);
    if (other !== undefined) return { fault: { kind: "compiled anew", ...other }, settled, programs };
  }
  if (double) {
    const again = run(composition, "float64", "compiled");
    if (again.error !== undefined) return { fault: failed("compiled in float64", again), settled, programs };
    const other = reference.differenceInDouble(again.observations);
    if (other !== undefined) return { fault: { kind: "compiled in float64", ...other }, settled, programs };
  }
  return { settled, programs };
}

/**
 * Calls that differ in nothing need one program that finds no gradients, and one that finds the
 * first's.
 */
function mostPrograms({ calls: [first, ...others] }: Composition): number {
  const isLike = ({ batch, update, before, eager }: Call) =>
    !eager && batch === first.batch && update === first.update && before.length === 0;
  return others.every(isLike) ? 2 : Infinity;
}

/**
 * What the numbers should be, and how sure that is: eager in float32, eager in float64, and eager
 * in float64 with every op disturbed as rounding would. Found out as far as it is needed.
 */
class Reference {
  settled: Checked["settled"] = "close";
  readonly #composition: Composition;
  readonly #eager: readonly Observation[];
  readonly #noise = new Random(1);
  #double: readonly Observation[] | undefined;
  /** The largest distance that a disturbed run has from float64, by observation. */
  #spread: number[] | undefined;

  constructor(composition: Composition, eager: readonly Observation[]) {
    this.#composition = composition;
    this.#eager = eager;
  }

  /**
   * In what a float32 run differs from the eager one beyond rounding. First within a few ulps; then
   * by the errors of eager float32 and of disturbed runs; then with so many of these that a kink or
   * a tie within reach of rounding shows on both sides.
   */
  difference(actual: readonly Observation[]): Difference | undefined {
    if (firstDifference(actual, this.#eager, (i) => few(this.#eager[i])) === undefined) return undefined;
    let difference: Difference | undefined;
    for (const [settled, runs, multiple] of [["rounding", 2, 4] as const, ["illConditioned", 14, 8] as const]) {
      this.settled = settled;
      this.#disturb(runs);
      const bounds = this.#bounds(multiple);
      difference = firstDifference(actual, this.#eager, (i) => bounds[i]);
      if (difference === undefined) return undefined;
    }
    return difference;
  }

  differenceInDouble(actual: readonly Observation[]): Difference | undefined {
    const expected = this.#inDouble();
    const tight = (i: number) => few(expected[i], 8 * ulp64);
    if (firstDifference(actual, expected, tight) === undefined) return undefined;
    // Doubles are disturbed as doubles: what float32 makes of noise, an optimizer's eps among it,
    // is no measure.
    const spread = this.#spreadOf(ulp64, 8);
    return firstDifference(actual, expected, (i) => tight(i) + 8 * spread[i]);
  }

  #inDouble(): readonly Observation[] {
    if (this.#double === undefined) {
      const { observations, error } = run(this.#composition, "float64", "eager");
      if (error !== undefined)
        throw new Error("the composition runs eagerly in float32, but not in float64", { cause: error });
      this.#double = observations;
    }
    return this.#double;
  }

  #disturb(runs: number): void {
    const more = this.#spreadOf(ulp32, runs);
    this.#spread = more.map((spread, i) => Math.max(spread, this.#spread?.[i] ?? 0));
  }

  /**
   * The largest distance from float64 of some runs that are disturbed by an ulp, by observation.
   */
  #spreadOf(ulp: number, runs: number): number[] {
    const expected = this.#inDouble();
    const spread = expected.map(() => 0);
    for (let i = 0; i < runs; i++) {
      const { observations } = withNoise(this.#noise, ulp, () => run(this.#composition, "float64", "eager"));
      expected.forEach(({ data }, at) => {
        const other = observations[at];
        // A disturbed run that fails, or has other gradients, says that anything may happen.
        spread[at] = Math.max(spread[at], other?.data.length === data.length ? distance(other.data, data) : Infinity);
      });
    }
    return spread;
  }

  #bounds(multiple: number): number[] {
    const spread = this.#spread as number[];
    return this.#eager.map((observation, i) => {
      const reference = this.#inDouble()[i];
      const error =
        reference?.data.length === observation.data.length ? distance(observation.data, reference.data) : Infinity;
      return few(observation) + multiple * Math.max(error, spread[i]);
    });
  }
}
