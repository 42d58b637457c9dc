import type { TypedArray } from "../core/dtype.ts";
import { check, passes, probability, refuse } from "../core/index.ts";
import type { Generator } from "./generator.ts";
import { uniformFloat32, uniformFloat64 } from "./uniform.ts";

/**
 * Fills `out` with ones (probability `p`) and zeros, in order. Bit-equal to
 * https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html with a number. Draws two
 * words per element, whatever the type and also if `p` is 0 or 1.
 * @throws TypeError if `p` is no number
 * @throws RangeError if `p` does not lie in [0, 1]
 */
export function fillBernoulli(out: TypedArray, p: number, generator: Generator): void {
  check("bernoulli", "p", p, probability());
  for (let i = 0; i < out.length; i++) out[i] = uniformFloat64(generator) < p ? 1 : 0;
}

/**
 * Fills `out` with ones and zeros, each with its own probability; `out` may be `probabilities`
 * itself. Bit-equal to https://pytorch.org/docs/stable/generated/torch.bernoulli.html. Draws one
 * word per float32 probability, two per float64.
 * @throws RangeError if the lengths differ or a probability does not lie in [0, 1]
 */
export function fillBernoulliEach(
  out: TypedArray,
  probabilities: Float32Array | Float64Array,
  generator: Generator,
): void {
  if (out.length !== probabilities.length) {
    throw refuse(
      "wrong-value",
      "",
      `bernoulli expects one probability per element, got ${probabilities.length} for ${out.length} elements`,
    );
  }
  const wanted = probability();
  const wrong = probabilities.findIndex((p) => !passes(p, wanted));
  if (wrong >= 0) check("bernoulli", `p[${wrong}]`, probabilities[wrong], wanted);
  const uniform = probabilities instanceof Float32Array ? uniformFloat32 : uniformFloat64;
  for (let i = 0; i < out.length; i++) out[i] = uniform(generator) < probabilities[i] ? 1 : 0;
}

/**
 * Fills `out` with the mask by which dropout multiplies: 0 with probability `p`, else 1 / (1 - p).
 * Bit-equal to https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html in
 * training. Draws two words per element, nothing if `p` is 0 or 1.
 * @throws TypeError if `p` is no number
 * @throws RangeError if `p` does not lie in [0, 1]
 */
export function fillDropoutMask(out: Float32Array | Float64Array, p: number, generator: Generator): void {
  check("dropout", "p", p, probability());
  if (p === 0 || p === 1) {
    out.fill(1 - p);
    return;
  }
  const keep = 1 - p;
  const scale = out instanceof Float32Array ? 1 / Math.fround(keep) : 1 / keep;
  for (let i = 0; i < out.length; i++) out[i] = uniformFloat64(generator) < keep ? scale : 0;
}
