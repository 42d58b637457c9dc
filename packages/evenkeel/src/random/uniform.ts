import { check, finiteNumber, refuse } from "../core/index.ts";
import { fma, fmaf } from "../core/math/fma.ts";
import type { Generator } from "./generator.ts";

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** A float32 in [0, 1): the low 24 bits of one word. */
export function uniformFloat32(generator: Generator): number {
  return (generator.random32() & 0xffffff) * 2 ** -24;
}

/** A float64 in [0, 1): 53 bits of two words. */
export function uniformFloat64(generator: Generator): number {
  return generator.random53() * 2 ** -53;
}

/**
 * Fills `out` with uniform numbers from [low, high) (rounding may reach `high` itself, as in
 * PyTorch), in order. Bit-equal to
 * https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html: the bounds are rounded to
 * the type of `out` first. Draws one word per float32, two per float64.
 * @throws TypeError if a bound is no number
 * @throws RangeError if a bound is not finite, low > high, or the bounds or their distance exceed
 *   the type of `out`
 */
export function fillUniform(out: Float32Array | Float64Array, low: number, high: number, generator: Generator): void {
  check("uniform", "low", low, finiteNumber());
  check("uniform", "high", high, finiteNumber());
  if (low > high)
    throw refuse("conflict", "", `uniform expects low <= high, got low = ${low} and high = ${high}`, "swap them");
  const largest = out instanceof Float32Array ? largestFloat32 : Number.MAX_VALUE;
  if (low < -largest || high > largest || high - low > largest) {
    const type = out instanceof Float32Array ? "float32" : "float64";
    throw refuse(
      "wrong-value",
      "",
      `uniform expects bounds and their distance within ${type}, got low = ${low} and high = ${high}`,
    );
  }
  if (out instanceof Float32Array) fillFloat32(out, Math.fround(low), Math.fround(high), generator);
  else fillFloat64(out, low, high, generator);
}

function fillFloat32(out: Float32Array, low: number, high: number, generator: Generator): void {
  const range = Math.fround(high - low);
  for (let i = 0; i < out.length; i++) out[i] = fmaf(uniformFloat32(generator), range, low);
}

function fillFloat64(out: Float64Array, low: number, high: number, generator: Generator): void {
  const range = high - low;
  for (let i = 0; i < out.length; i++) out[i] = fma(uniformFloat64(generator), range, low);
}
