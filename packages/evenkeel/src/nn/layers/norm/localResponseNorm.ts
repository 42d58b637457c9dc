import { checkOptions, checkValue, finiteNumber } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { checkPlacedSize } from "../../checks.ts";
import { type LocalResponseNormOptions, localResponseNorm } from "../../functional/norm/localResponseNorm.ts";
import { className } from "../../module/callable.ts";
import { Module } from "../../module/module.ts";
import { formatFloat } from "../../print/format.ts";

/**
 * x / (k + alpha * mean of squares)^beta over `size` neighbouring channels of [N, C, L, ...], as
 * AlexNet had it: nothing is learned. https://papers.nips.cc/paper/4824,
 * https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 * @throws RangeError if the size is no whole number of at least 1, a setting no finite number, or
 *   on a call with fewer than 3 dimensions
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    const owner = className(this);
    checkPlacedSize(owner, "size", size);
    checkOptions(owner, options, ["alpha", "beta", "k"]);
    const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
    for (const [name, value] of Object.entries({ alpha, beta, k })) checkValue(owner, name, value, finiteNumber());
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    const { size, alpha, beta, k } = this;
    return localResponseNorm(input, size, { alpha, beta, k });
  }

  override extraRepr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, alpha=${formatFloat(alpha)}, beta=${formatFloat(beta)}, k=${formatFloat(k)}`;
  }
}
