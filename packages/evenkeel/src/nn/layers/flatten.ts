import { checkUnflattened } from "../../tensor/arguments.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkDim, requireTensor } from "../checks.ts";
import { Module } from "../module/module.ts";

/**
 * Makes one dimension of those from startDim (default 1) to endDim (default -1): [N, C, L] -> [N, C
 * * L].
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    checkDim("Flatten", startDim, "startDim");
    checkDim("Flatten", endDim, "endDim");
    this.startDim = startDim;
    this.endDim = endDim;
  }

  override forward(input: Tensor): Tensor {
    requireTensor("Flatten", "input", input);
    return input.flatten(this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/**
 * The reverse: makes several dimensions of one, [N, C * L] -> [N, C, L] by
 * `new Unflatten(1, [C, L])`; one of the sizes may be -1.
 * https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 * @throws RangeError on a call with an input whose dimension has another size
 */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super();
    checkDim("Unflatten", dim);
    checkUnflattened("Unflatten", "unflattenedSize", unflattenedSize);
    this.dim = dim;
    this.unflattenedSize = [...unflattenedSize];
  }

  override forward(input: Tensor): Tensor {
    requireTensor("Unflatten", "input", input);
    return input.unflatten(this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    const sizes = this.unflattenedSize;
    return `dim=${this.dim}, unflattened_size=(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
  }
}
