import { checkOptions, checkValue, probability, type Shape } from "../../../core/index.ts";
import { activeDivision } from "../../../ops/collective/activeDivision.ts";
import * as ops from "../../../ops/index.ts";
import { requireFloat } from "../../../ops/shapes.ts";
import { defaultGenerator, type Generator } from "../../../random/index.ts";
import type { GeneratorOption, Tensor } from "../../../tensor/index.ts";
import { type InplaceOption, requireTensor } from "../../checks.ts";

export interface DropoutOptions extends GeneratorOption, InplaceOption {
  /** Probability of zeroing a value. Default 0.5. */
  readonly p?: number | undefined;
  /** false returns the input. Default true. */
  readonly training?: boolean | undefined;
}

const optionNames = ["p", "training", "generator", "inplace"];

/** The arguments of a draw, after all checks; undefined if the input is returned without a draw. */
export function readDropout(
  owner: string,
  input: Tensor,
  options: DropoutOptions,
  trainingByDefault = true,
): { readonly p: number; readonly generator: Generator } | undefined {
  checkOptions(owner, options, optionNames);
  const { p = 0.5, training = trainingByDefault, generator = defaultGenerator } = options;
  checkValue(owner, "p", p, probability());
  requireTensor(owner, "input", input);
  requireFloat(owner, "input", input);
  // A rank without rows passes over what the others draw.
  const isEmpty = input.numel() === 0 && activeDivision() === undefined;
  return !training || p === 0 || isEmpty ? undefined : { p, generator };
}

/**
 * Draws for values of a shape, two words each. Within DistributedDataParallel these are the draws of
 * this rank's rows in the whole batch.
 */
export function drawByRows(
  owner: string,
  shape: Shape,
  { p, generator }: { readonly p: number; readonly generator: Generator },
  draw: () => Tensor,
): Tensor {
  const division = activeDivision();
  // With p = 1 nothing is drawn.
  return division === undefined ? draw() : division.draw(owner, shape, p === 1 ? 0 : 2, generator, draw);
}

/**
 * Sets each value to 0 with probability p and multiplies the others by 1 / (1 - p), so that the
 * expectation stays. Draws nothing for p = 0, p = 1, or outside of training. `inplace` has no
 * effect: the input stays as it is. https://jmlr.org/papers/v15/srivastava14a.html
 * @throws RangeError if p is no probability
 */
export function dropout(input: Tensor, options: DropoutOptions = {}): Tensor {
  const drawn = readDropout("dropout", input, options);
  if (drawn === undefined) return input;
  const { shape, dtype } = input;
  return input.mul(drawByRows("dropout", shape, drawn, () => ops.dropoutMask<Tensor>({ shape, dtype, ...drawn })));
}
