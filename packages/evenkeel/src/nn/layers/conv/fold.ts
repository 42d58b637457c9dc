import { refuseMisspellings } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import * as F from "../../functional/conv/fold.ts";
import { type Sizes, sizesOf } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatSizes } from "../../print/format.ts";

const fields = ["kernelSize", "outputSize"];

/** Windows of pictures as columns; see `F.unfold` for shapes and errors. */
export class Unfold extends Module {
  readonly kernelSize: Sizes;
  readonly dilation: Sizes;
  readonly padding: Sizes;
  readonly stride: Sizes;

  constructor(kernelSize: Sizes, options: F.FoldOptions = {}) {
    super();
    refuseMisspellings(Unfold.prototype, "layer", { fields, assignable: true });
    F.windowsOf("Unfold", kernelSize, options);
    const { dilation = 1, padding = 0, stride = 1 } = options;
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    const { kernelSize, dilation, padding, stride } = this;
    return F.unfold(input, kernelSize, { dilation, padding, stride });
  }

  override extraRepr(): string {
    const { kernelSize, dilation, padding, stride } = this;
    return `kernel_size=${formatSizes(kernelSize)}, dilation=${formatSizes(dilation)}, padding=${formatSizes(padding)}, stride=${formatSizes(stride)}`;
  }
}

/** Columns added up at their positions; see `F.fold` for shapes and errors. */
export class Fold extends Module {
  readonly outputSize: Sizes;
  readonly kernelSize: Sizes;
  readonly dilation: Sizes;
  readonly padding: Sizes;
  readonly stride: Sizes;

  constructor(outputSize: Sizes, kernelSize: Sizes, options: F.FoldOptions = {}) {
    super();
    refuseMisspellings(Fold.prototype, "layer", { fields, assignable: true });
    sizesOf("Fold", "outputSize", outputSize, 2, 1);
    F.windowsOf("Fold", kernelSize, options);
    const { dilation = 1, padding = 0, stride = 1 } = options;
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override forward(input: Tensor): Tensor {
    const { outputSize, kernelSize, dilation, padding, stride } = this;
    return F.fold(input, outputSize, kernelSize, { dilation, padding, stride });
  }

  override extraRepr(): string {
    const { outputSize, kernelSize, dilation, padding, stride } = this;
    return (
      `output_size=${formatSizes(outputSize)}, kernel_size=${formatSizes(kernelSize)}, dilation=${formatSizes(dilation)}, ` +
      `padding=${formatSizes(padding)}, stride=${formatSizes(stride)}`
    );
  }
}
