import { checkOptions, checkValue, finiteNumber, wrongValue } from "../../../core/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { requireTensor } from "../../checks.ts";

/**
 * Nonlinearities that shrink values toward 0, composed of comparisons and choices; NaN stays NaN.
 * Formulas: https://pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
 */

const optionNames = ["lambd"];

const shrunk = (input: Tensor, lambd: number) => input.where(input.abs().le(lambd).logicalNot(), 0);

/** 0 where |x| is at most `lambd` (default 0.5), x elsewhere. The gradient at ±lambd is 0. */
export function hardshrink(input: Tensor, options: { lambd?: number | undefined } = {}): Tensor {
  checkOptions("hardshrink", options, optionNames);
  requireTensor("hardshrink", "input", input);
  const { lambd = 0.5 } = options;
  checkValue("hardshrink", "lambd", lambd, finiteNumber());
  return shrunk(input, lambd);
}

/**
 * 0 where |x| is at most `lambd` (default 0.5); elsewhere x moved toward 0 by it. The gradient at
 * ±lambd is 0.
 * @throws RangeError if `lambd` is negative
 */
export function softshrink(input: Tensor, options: { lambd?: number | undefined } = {}): Tensor {
  checkOptions("softshrink", options, optionNames);
  requireTensor("softshrink", "input", input);
  const { lambd = 0.5 } = options;
  checkShrinkage("softshrink", lambd);
  const kept = shrunk(input, lambd);
  // The step is a constant of each piece.
  return kept.sub(kept.detach().sign().mul(lambd));
}

export function checkShrinkage(owner: string, lambd: number): void {
  checkValue(owner, "lambd", lambd, finiteNumber());
  if (lambd < 0) throw wrongValue(owner, "lambd", lambd, "0 or more: values move toward 0 by it");
}

/** x - tanh(x). */
export function tanhshrink(input: Tensor): Tensor {
  requireTensor("tanhshrink", "input", input);
  return input.sub(input.tanh());
}
