import {
  check,
  flag,
  type GivenOptions,
  optional,
  refuse,
  resolveOptions,
  wholeNumber,
  wrongValue,
} from "../core/index.ts";
import { log1p } from "../core/math/portableMath.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { fillUniform } from "../random/uniform.ts";
import { generators, listNumbers, type Numbers } from "./checks.ts";
import type { Sampler } from "./sampler.ts";

const weightedOptions = {
  /** Draw each position independently, so that some come twice (true). */
  replacement: optional(flag(), true),
  /** Where to draw from; the default generator without one. */
  generator: optional(generators),
};

export interface WeightedRandomSamplerOptions extends GivenOptions<typeof weightedOptions> {}

/**
 * Positions drawn with probabilities in proportion to `weights`, which need not sum to 1.
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
 */
export class WeightedRandomSampler implements Sampler {
  readonly weights: Float64Array;
  readonly length: number;
  readonly replacement: boolean;
  readonly generator: Generator | undefined;

  /**
   * @throws TypeError if an argument is of the wrong kind
   * @throws RangeError if a weight is negative or not finite, all are 0, or more than there are
   *   shall be drawn without replacement
   */
  constructor(weights: Numbers, numSamples: number, options: WeightedRandomSamplerOptions = {}) {
    const { replacement, generator } = resolveOptions("WeightedRandomSampler", options, weightedOptions);
    check("WeightedRandomSampler", "numSamples", numSamples, wholeNumber(1));
    this.weights = Float64Array.from(listNumbers("WeightedRandomSampler", "weights", weights));
    const bad = this.weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (bad >= 0) {
      throw wrongValue("WeightedRandomSampler", `weight ${bad}`, this.weights[bad], "finite numbers of at least 0");
    }
    const positive = this.weights.filter((weight) => weight > 0).length;
    if (positive === 0) throw refuse("wrong-value", "WeightedRandomSampler", "expected at least one weight above 0");
    if (!replacement && numSamples > positive) {
      throw refuse(
        "wrong-value",
        "WeightedRandomSampler",
        `cannot draw ${numSamples} samples without replacement from ${positive} positions of weight above 0`,
        "draw fewer, or with replacement",
      );
    }
    this.length = numSamples;
    this.replacement = replacement;
    this.generator = generator;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const generator = this.generator ?? defaultGenerator;
    yield* this.replacement
      ? drawIndependently(this.weights, this.length, generator)
      : drawDistinct(this.weights, this.length, generator);
  }
}

/** For each sample, the first position whose cumulative share reaches a uniform number. */
function drawIndependently(weights: Float64Array, count: number, generator: Generator): number[] {
  const cumulative = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i];
    cumulative[i] = sum;
  }
  for (let i = 0; i < weights.length; i++) cumulative[i] /= sum;
  const uniform = new Float64Array(count);
  fillUniform(uniform, 0, 1, generator);
  return Array.from(uniform, (u) => {
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < u) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/**
 * The positions with the largest weight / exponential: an exponential race, won in proportion to
 * the weights.
 */
function drawDistinct(weights: Float64Array, count: number, generator: Generator): number[] {
  const uniform = new Float64Array(weights.length);
  fillUniform(uniform, 0, 1, generator);
  const keys = weights.map((weight, i) => weight / -log1p(-uniform[i]));
  return Array.from(keys, (_, i) => i)
    .sort((a, b) => keys[b] - keys[a])
    .slice(0, count);
}
