import type { Tensor } from "../../tensor/index.ts";
import type { Ranks } from "./ranks.ts";

/**
 * The gradients of all parameters, one behind another, so that the ranks exchange them in one
 * message: with the loss, and with the votes to stop.
 */
export class JoinedGradients {
  readonly #ranks: Ranks;
  #data: Float32Array | Float64Array = new Float32Array(0);

  constructor(ranks: Ranks) {
    this.#ranks = ranks;
  }

  /**
   * Replaces the gradients of this rank by the sums over all ranks, which are then the same bytes
   * on each, and takes the votes to stop.
   * @param loss the part of this rank in the loss
   * @returns the loss over all ranks
   */
  sum(params: readonly Tensor[], loss: number): number {
    const grads = params.flatMap(({ grad }) => (grad === null ? [] : [grad]));
    const length = grads.reduce((total, grad) => total + grad.numel(), 0);
    const data = this.#room(grads, length + 2);
    let at = 0;
    for (const grad of grads) {
      data.set(grad.data as Float32Array, at);
      at += grad.numel();
    }
    data[at] = loss;
    data[at + 1] = this.#ranks.vote();
    this.#ranks.group.reduce(data, "sum");
    this.#ranks.count(data[at + 1]);
    at = 0;
    for (const grad of grads) {
      const size = grad.numel();
      (grad.data as Float32Array).set(data.subarray(at, at + size));
      at += size;
    }
    return data[at];
  }

  #room(grads: readonly Tensor[], length: number): Float32Array | Float64Array {
    if (this.#data.length !== length) {
      const isDouble = grads.some(({ dtype }) => dtype === "float64");
      this.#data = isDouble ? new Float64Array(length) : new Float32Array(length);
    }
    return this.#data;
  }
}
