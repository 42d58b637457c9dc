import { check, finiteNumber, refuseGiven } from "../core/index.ts";
import { cosAndSin, log } from "../core/math/elementary.ts";
import { cosAndSinFloat32, logFloat32 } from "../core/math/elementaryFloat32.ts";
import { fma, fmaf } from "../core/math/fma.ts";
import type { Generator } from "./generator.ts";
import { uniformFloat32, uniformFloat64 } from "./uniform.ts";

/**
 * PyTorch's vector kernels turn 16 uniforms into 16 normals at a time; shorter tensors go one by
 * one.
 */
const blockLength = 16;
const half = blockLength / 2;

/**
 * Fills `out` with normal numbers, in order (Box & Muller 1958). Follows
 * https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html on x86 with AVX2: bit-equal
 * for float32; for float64 equal but for the last bits, because PyTorch's depend on the C library
 * of the machine.
 *
 * Fewer than 16 values are drawn in pairs of four words, the second of a pair kept in the generator
 * for the next call. From 16 values on: a uniform per value, and 16 more for the last 16 values if
 * the length is no multiple of 16.
 * @param std standard deviation, at least 0
 * @throws TypeError if `mean` or `std` is no number
 * @throws RangeError if `mean` or `std` is not finite or `std` is negative
 */
export function fillNormal(out: Float32Array | Float64Array, mean: number, std: number, generator: Generator): void {
  check("normal", "mean", mean, finiteNumber());
  check("normal", "std", std, finiteNumber());
  if (std < 0) throw refuseGiven("wrong-value", "", "normal expects std >= 0", std);
  if (out.length < blockLength) {
    for (let i = 0; i < out.length; i++) out[i] = fma(drawNormal(generator), std, mean);
  } else if (out instanceof Float32Array) {
    fillBlocks(out, uniformFloat32, generator, transformFloat32(Math.fround(mean), Math.fround(std)));
  } else {
    fillBlocks(out, uniformFloat64, generator, transformFloat64(mean, std));
  }
}

/** One standard normal in float64: the cached one, or the first of a new pair. */
function drawNormal(generator: Generator): number {
  const kept = generator.cachedNormal;
  if (kept !== undefined) {
    generator.cachedNormal = undefined;
    return kept;
  }
  const u1 = uniformFloat64(generator);
  const u2 = uniformFloat64(generator);
  const radius = Math.sqrt(-2 * log(1 - u2));
  const [cos, sin] = cosAndSin(2 * Math.PI * u1);
  generator.cachedNormal = radius * sin;
  return radius * cos;
}

/** Turns two uniforms into two normals. */
type Transform = (u1: number, u2: number) => readonly [number, number];

function fillBlocks<T extends Float32Array | Float64Array>(
  out: T,
  uniform: (generator: Generator) => number,
  generator: Generator,
  transform: Transform,
): void {
  const transformBlock = (start: number) => {
    for (let i = start; i < start + half; i++) {
      const [first, second] = transform(1 - out[i], out[i + half]); // (0, 1] for the logarithm
      out[i] = first;
      out[i + half] = second;
    }
  };
  for (let i = 0; i < out.length; i++) out[i] = uniform(generator);
  for (let start = 0; start <= out.length - blockLength; start += blockLength) transformBlock(start);
  if (out.length % blockLength === 0) return;
  const start = out.length - blockLength;
  for (let i = start; i < out.length; i++) out[i] = uniform(generator);
  transformBlock(start);
}

const twoPi = 2 * Math.PI;
const twoPiFloat32 = Math.fround(twoPi);

function transformFloat32(mean: number, std: number): Transform {
  return (u1, u2) => {
    const radius = Math.fround(Math.sqrt(-2 * logFloat32(u1)));
    const [cos, sin] = cosAndSinFloat32(Math.fround(twoPiFloat32 * u2));
    return [fmaf(Math.fround(radius * cos), std, mean), fmaf(Math.fround(radius * sin), std, mean)];
  };
}

function transformFloat64(mean: number, std: number): Transform {
  return (u1, u2) => {
    const radius = Math.sqrt(-2 * log(u1));
    const [cos, sin] = cosAndSin(twoPi * u2);
    return [fma(radius * cos, std, mean), fma(radius * sin, std, mean)];
  };
}
