import { checkOptions, checkValue, finiteNumber } from "../../../core/index.ts";
import { full, type Tensor } from "../../../tensor/index.ts";
import { checkPlacedSize, type InplaceOption, leadingSetting } from "../../checks.ts";
import * as F from "../../functional/activation/piecewise.ts";
import { constant_ } from "../../init.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { formatFloat } from "../../print/format.ts";
import { Inplace, InplaceOnly } from "./inplace.ts";

/** The nonlinearities of straight pieces as layers; `functional` has the formulas. */

export interface PReLUOptions {
  /** 1, or the number of channels, each of which then has a slope of its own. Default 1. */
  readonly numParameters?: number | undefined;
  /** The slopes at the start. Default 0.25. */
  readonly init?: number | undefined;
}

/**
 * x where positive, a learned slope times x elsewhere. The slopes, `weight` [numParameters], are
 * one for all or one per channel of an input [N, C, ...]. Weight decay is not for them: it would
 * lead back to ReLU. https://arxiv.org/abs/1502.01852,
 * https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 * @throws RangeError if `numParameters` is not a whole number of at least 1, or on a call with
 *   another number of channels
 */
export class PReLU extends Module {
  readonly numParameters: number;
  readonly init: number;
  /** [numParameters] */
  weight: Parameter;

  constructor(numParameters?: number | PReLUOptions, options?: Omit<PReLUOptions, "numParameters">) {
    super();
    const settings = leadingSetting<PReLUOptions>("PReLU", ["numParameters", "init"], numParameters, options);
    const { numParameters: count = 1, init = 0.25 } = settings;
    checkPlacedSize("PReLU", "numParameters", count);
    checkValue("PReLU", "init", init, finiteNumber());
    this.numParameters = count;
    this.init = init;
    this.weight = new Parameter(full([count], init));
  }

  /** Resets the slopes. */
  resetParameters(): void {
    constant_(this.weight, this.init);
  }

  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

/** min(max(x, 0), 6). https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html */
export class ReLU6 extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.relu6(input);
  }
}

/**
 * x limited to [minVal, maxVal]. https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
 */
export class Hardtanh extends Inplace {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(minVal?: number | F.HardtanhOptions, maxVal?: number, options?: InplaceOption) {
    const rest = maxVal === undefined ? options : { maxVal, ...options };
    const settings = leadingSetting<F.HardtanhOptions>("Hardtanh", ["minVal", "maxVal", "inplace"], minVal, rest);
    super(settings);
    const { minVal: low = -1, maxVal: high = 1 } = settings;
    F.checkRange("Hardtanh", low, high);
    this.minVal = low;
    this.maxVal = high;
  }

  override forward(input: Tensor): Tensor {
    return F.hardtanh(input, { minVal: this.minVal, maxVal: this.maxVal });
  }

  protected override settings(): string[] {
    return [`min_val=${formatFloat(this.minVal)}`, `max_val=${formatFloat(this.maxVal)}`];
  }
}

/**
 * x * min(max(x + 3, 0), 6) / 6. https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
 */
export class Hardswish extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.hardswish(input);
  }
}

/**
 * min(max(x + 3, 0), 6) / 6. https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
 */
export class Hardsigmoid extends InplaceOnly {
  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input);
  }
}

/** Its two settings are given by their places: `new Threshold(0.1, 20)`. */
export class Threshold extends Inplace {
  readonly threshold: number;
  readonly value: number;

  constructor(threshold: number, value: number, options: InplaceOption = {}) {
    checkOptions("Threshold", options, ["inplace"]);
    super(options);
    checkValue("Threshold", "threshold", threshold, finiteNumber());
    checkValue("Threshold", "value", value, finiteNumber());
    this.threshold = threshold;
    this.value = value;
  }

  override forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value);
  }

  protected override settings(): string[] {
    return [`threshold=${this.threshold}`, `value=${this.value}`];
  }
}
