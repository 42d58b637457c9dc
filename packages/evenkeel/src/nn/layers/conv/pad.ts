import { wrongShape, wrongType, wrongValue } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";
import { type PadMode, pad } from "../../functional/conv/pad.ts";
import { type Sizes, spatialNames } from "../../functional/sizes.ts";
import { Module } from "../../module/module.ts";
import { formatSizes } from "../../print/format.ts";

/**
 * Borders around the last one to three dimensions. `padding` is one number for all sides, or two
 * per dimension, **last dimension first**, as in PyTorch: [left, right, top, bottom, front, back].
 * Negative numbers cut places off. https://pytorch.org/docs/stable/nn.html#padding-layers
 * @throws RangeError unless padding is whole numbers, one or two per dimension; on a call with
 *   another number of dimensions, or a border that is wider than the mode can fill
 */
export abstract class PadLayer extends Module {
  /** Two numbers per dimension, the last dimension first. */
  readonly padding: readonly number[];

  constructor(owner: string, rank: number, padding: Sizes) {
    super();
    const sizes = Array.isArray(padding) ? (padding as readonly number[]) : new Array(2 * rank).fill(padding);
    if (sizes.length !== 2 * rank || !sizes.every(Number.isInteger)) {
      throw wrongValue(
        owner,
        "padding",
        padding,
        `a whole number or ${2 * rank} of them: two per dimension, the last dimension first`,
      );
    }
    this.padding = [...sizes];
  }

  protected pad(owner: string, input: Tensor, mode: PadMode, value = 0): Tensor {
    requireTensor(owner, "input", input);
    const rank = this.padding.length / 2;
    if (input.ndim !== rank + 1 && input.ndim !== rank + 2) {
      const places = spatialNames(rank).join(", ");
      throw wrongShape(owner, "input", input.shape, `[N, C, ${places}], or [C, ${places}] for one example`);
    }
    return pad(input, this.padding, { mode, value });
  }

  override extraRepr(): string {
    return formatSizes(this.padding);
  }
}

/**
 * {@link PadLayer} with one value in the border, which needs no channels: inputs of any dimensions
 * from the rank on.
 */
abstract class ConstantPad extends PadLayer {
  /** The value of the border. */
  readonly value: number;

  constructor(owner: string, rank: number, padding: Sizes, value: number) {
    super(owner, rank, padding);
    if (typeof value !== "number") throw wrongType(owner, "value", value, "a number");
    this.value = value;
  }

  override forward(input: Tensor): Tensor {
    return pad(input, this.padding, { value: this.value });
  }

  override extraRepr(): string {
    return `padding=${formatSizes(this.padding)}, value=${this.value}`;
  }
}

/** A constant border: `new ConstantPad1d(1, 3.5)`. */
export class ConstantPad1d extends ConstantPad {
  constructor(padding: Sizes, value: number) {
    super("ConstantPad1d", 1, padding, value);
  }
}

/** A constant border: `new ConstantPad2d(1, 3.5)`. */
export class ConstantPad2d extends ConstantPad {
  constructor(padding: Sizes, value: number) {
    super("ConstantPad2d", 2, padding, value);
  }
}

/** A constant border: `new ConstantPad3d(1, 3.5)`. */
export class ConstantPad3d extends ConstantPad {
  constructor(padding: Sizes, value: number) {
    super("ConstantPad3d", 3, padding, value);
  }
}

abstract class ZeroPad extends ConstantPad {
  override extraRepr(): string {
    return formatSizes(this.padding);
  }
}

/** A border of zeros around the last dimension. */
export class ZeroPad1d extends ZeroPad {
  constructor(padding: Sizes) {
    super("ZeroPad1d", 1, padding, 0);
  }
}

/** A border of zeros around the last two dimensions. */
export class ZeroPad2d extends ZeroPad {
  constructor(padding: Sizes) {
    super("ZeroPad2d", 2, padding, 0);
  }
}

/** A border of zeros around the last three dimensions. */
export class ZeroPad3d extends ZeroPad {
  constructor(padding: Sizes) {
    super("ZeroPad3d", 3, padding, 0);
  }
}

/** The values within, mirrored at the outermost ones, which are not repeated. */
export class ReflectionPad1d extends PadLayer {
  constructor(padding: Sizes) {
    super("ReflectionPad1d", 1, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("ReflectionPad1d", input, "reflect");
  }
}

/** The values within, mirrored at the outermost ones, which are not repeated. */
export class ReflectionPad2d extends PadLayer {
  constructor(padding: Sizes) {
    super("ReflectionPad2d", 2, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("ReflectionPad2d", input, "reflect");
  }
}

/** The values within, mirrored at the outermost ones, which are not repeated. */
export class ReflectionPad3d extends PadLayer {
  constructor(padding: Sizes) {
    super("ReflectionPad3d", 3, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("ReflectionPad3d", input, "reflect");
  }
}

/** The outermost values, repeated. */
export class ReplicationPad1d extends PadLayer {
  constructor(padding: Sizes) {
    super("ReplicationPad1d", 1, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("ReplicationPad1d", input, "replicate");
  }
}

/** The outermost values, repeated. */
export class ReplicationPad2d extends PadLayer {
  constructor(padding: Sizes) {
    super("ReplicationPad2d", 2, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("ReplicationPad2d", input, "replicate");
  }
}

/** The outermost values, repeated. */
export class ReplicationPad3d extends PadLayer {
  constructor(padding: Sizes) {
    super("ReplicationPad3d", 3, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("ReplicationPad3d", input, "replicate");
  }
}

/** The values of the other side. */
export class CircularPad1d extends PadLayer {
  constructor(padding: Sizes) {
    super("CircularPad1d", 1, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("CircularPad1d", input, "circular");
  }
}

/** The values of the other side. */
export class CircularPad2d extends PadLayer {
  constructor(padding: Sizes) {
    super("CircularPad2d", 2, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("CircularPad2d", input, "circular");
  }
}

/** The values of the other side. */
export class CircularPad3d extends PadLayer {
  constructor(padding: Sizes) {
    super("CircularPad3d", 3, padding);
  }

  override forward(input: Tensor): Tensor {
    return this.pad("CircularPad3d", input, "circular");
  }
}
