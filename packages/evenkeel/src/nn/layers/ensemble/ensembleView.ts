import { formatShape, mismatch } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { checkPlacedSize, requireTensor } from "../../checks.ts";
import { Module } from "../../module/module.ts";

/**
 * What an ensemble of k members is given: the same input for all of them, [N, d] -> [N, k, d]. An
 * input that has one version per member already, [N, k, d], is returned as it is. Nothing is
 * learned. The layer of the same name in https://github.com/yandex-research/tabm
 * @throws RangeError if k is not a whole number of at least 1; on a call for an input of another
 *   shape
 */
export class EnsembleView extends Module {
  readonly k: number;

  constructor(k: number) {
    super();
    checkPlacedSize("EnsembleView", "k", k);
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    requireTensor("EnsembleView", "input", input);
    const { k } = this;
    if (input.ndim === 2) return input.unsqueeze(1).expand([input.shape[0], k, input.shape[1]]);
    if (input.ndim === 3 && input.shape[1] === k) return input;
    throw mismatch(
      "wrong-shape",
      "EnsembleView",
      `input has shape ${formatShape(input.shape)}`,
      `[N, d], or [N, ${k}, d] with a version for each member`,
    );
  }

  override extraRepr(): string {
    return `k=${this.k}`;
  }
}
