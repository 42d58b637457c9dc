import { checkOptions, checkValue, finiteNumber, mismatch } from "../../../core/index.ts";
import * as ops from "../../../ops/index.ts";
import { defaultGenerator } from "../../../random/index.ts";
import type { GeneratorOption, Tensor } from "../../../tensor/index.ts";
import { type InplaceOption, requireTensor } from "../../checks.ts";

/** The range of the drawn slopes. */
export interface RReLURange {
  /** The least slope of negative values. Default 1/8. */
  readonly lower?: number | undefined;
  /** The largest slope. Default 1/3. */
  readonly upper?: number | undefined;
}

export interface RReLUFunctionOptions extends RReLURange, GeneratorOption, InplaceOption {
  /** true draws; false takes the slope in the middle. Default false, as in PyTorch. */
  readonly training?: boolean | undefined;
}

export const [lowestSlope, highestSlope] = [1 / 8, 1 / 3];

export function checkSlopes(owner: string, lower: number, upper: number): void {
  checkValue(owner, "lower", lower, finiteNumber());
  checkValue(owner, "upper", upper, finiteNumber());
  if (lower <= upper) return;
  throw mismatch("conflict", owner, `lower is ${lower} and upper ${upper}`, "upper to be at least as large");
}

const optionNames = ["lower", "upper", "training", "generator", "inplace"];

/**
 * x where positive; elsewhere x times a slope, in training drawn for each value from `lower` to
 * `upper`, in evaluation their mean. https://arxiv.org/abs/1505.00853
 * @throws RangeError if `lower` is above `upper`
 */
export function rrelu(input: Tensor, options: RReLUFunctionOptions = {}): Tensor {
  checkOptions("rrelu", options, optionNames);
  requireTensor("rrelu", "input", input);
  const { lower = lowestSlope, upper = highestSlope, training = false, generator = defaultGenerator } = options;
  checkSlopes("rrelu", lower, upper);
  if (!training) return ops.leakyRelu(input, { negativeSlope: (lower + upper) / 2 });
  return ops.rrelu<Tensor>(input, { low: lower, high: upper, generator })[0];
}
