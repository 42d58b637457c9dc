import { describe, formatShape, normalizeDim } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { checkDim, checkWholeNumber, requireTensor } from "../checks.ts";
import { Module } from "../module.ts";

/** Makes one dimension of those from startDim (default 1) to endDim (default -1): [N, C, L] -> [N, C * L]. */
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
 * The reverse: makes several dimensions of one, [N, C * L] -> [N, C, L] by `new Unflatten(1, [C, L])`; one of the sizes may
 * be -1. https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 * @throws RangeError on a call with an input whose dimension does not have so many values
 */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super();
    checkDim("Unflatten", dim);
    if (!Array.isArray(unflattenedSize) || unflattenedSize.length === 0) {
      throw new TypeError(
        `Unflatten: unflattenedSize is ${describe(unflattenedSize)}, expected a list of sizes such as [2, 3]`,
      );
    }
    for (const size of unflattenedSize) checkWholeNumber("Unflatten", "a size of unflattenedSize", size, -1);
    this.dim = dim;
    this.unflattenedSize = [...unflattenedSize];
  }

  override forward(input: Tensor): Tensor {
    requireTensor("Unflatten", "input", input);
    const { shape } = input;
    const at = normalizeDim(this.dim, input.ndim);
    const [count, known] = [shape[at], this.unflattenedSize.filter((size) => size !== -1).reduce((a, b) => a * b, 1)];
    if (this.unflattenedSize.includes(-1) ? count % known !== 0 : count !== known) {
      throw new RangeError(
        `Unflatten: dimension ${this.dim} of the input ${formatShape(shape)} has ${count} values, expected as many as ` +
          `${formatShape(this.unflattenedSize)} holds; change the layer before, or unflattenedSize`,
      );
    }
    return input.reshape([...shape.slice(0, at), ...this.unflattenedSize, ...shape.slice(at + 1)]);
  }

  override extraRepr(): string {
    const sizes = this.unflattenedSize;
    return `dim=${this.dim}, unflattened_size=(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
  }
}
