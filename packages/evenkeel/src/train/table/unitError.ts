import { mismatch } from "../../core/index.ts";
import type { Preprocessing } from "../../tabular/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Metric } from "../evaluate/metrics.ts";
import { sumsOf } from "../evaluate/sums.ts";

/**
 * Mean absolute error of a number in its own unit, independent of how it was scaled for the
 * network.
 */
export class UnitError implements Metric {
  readonly #preprocessing: Preprocessing;
  #sum = 0;
  #count = 0;

  constructor(preprocessing: Preprocessing) {
    this.#preprocessing = preprocessing;
  }

  update(output: Tensor, target: Tensor): void {
    const [predicted, truth] = [this.#valuesOf(output), this.#valuesOf(target)];
    for (let i = 0; i < truth.length; i++) this.#sum += Math.abs(predicted[i] - truth[i]);
    this.#count += truth.length;
  }

  value(): number {
    return this.#sum / this.#count;
  }

  state(): Float64Array {
    return Float64Array.of(this.#sum, this.#count);
  }

  merge(states: readonly Float64Array[]): void {
    [this.#sum, this.#count] = sumsOf(states);
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  #valuesOf(output: Tensor): Float64Array {
    const { values } = this.#preprocessing.decode(output);
    if (values === undefined) throw mismatch("wrong-type", "UnitError", "the target is a class", "a number");
    return values;
  }
}
