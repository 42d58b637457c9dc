import { type Spec, sizeOf } from "../../core/index.ts";
import { fillBelow, fillIntegers, fillPermutation, fillUniform } from "../../wasm/draws.ts";
import { f32, i32, type Kernel, noKernel } from "../../wasm/index.ts";
import { fillMask, maskThreshold } from "../../wasm/mersenneTwister.ts";
import type { DrawAttrs } from "./random.ts";

/**
 * Draws from the words of a generator, which are in the memory of compiled programs from the first
 * one on: the same stream as the references, in program order.
 */

type MaskAttrs = DrawAttrs & { readonly p: number };

const declines = (_: readonly Spec[], [out]: readonly Spec[], { p }: MaskAttrs): string | undefined => {
  if (sizeOf(out.shape) === 0) return "nothing is drawn";
  if (out.dtype !== "float32") return `draws of ${out.dtype} are made by the host`;
  return p >= 0 && p <= 1 ? undefined : "the reference refuses this probability";
};

/** The bits of a float32, to store as an integer. */
const bitsOf = (value: number): number => new Int32Array(new Float32Array([value]).buffer)[0];

/** Values with a probability, else zeros; two words for each. */
function mask(probability: (p: number) => number, value: (p: number) => number): Kernel<MaskAttrs>["emit"] {
  return ({ outputs: [out], attrs: { p, generator }, f, module, resident }) => {
    const { high, low } = maskThreshold(probability(p));
    const size = sizeOf(out.shape);
    f.call(fillMask(module), resident(generator.engine.block), out.address, size, high, low, bitsOf(value(p)));
  };
}

export const bernoulliKernel: Kernel<MaskAttrs> = {
  kind: "kernel",
  declines,
  emit: mask(
    (p) => p,
    () => 1,
  ),
};

/** With p = 0 or 1 nothing is drawn. */
export const dropoutMaskKernel: Kernel<MaskAttrs> = {
  kind: "kernel",
  declines: (inputs, outputs, attrs) =>
    attrs.p === 0 || attrs.p === 1 ? "nothing is drawn" : declines(inputs, outputs, attrs),
  emit: mask(
    (p) => 1 - p,
    (p) => 1 / Math.fround(1 - p),
  ),
};

type RangeAttrs = DrawAttrs & { readonly low: number; readonly high: number };

const largest = (2 - 2 ** -23) * 2 ** 127;

/**
 * Invalid values and doubles are left to the reference: doubles take two words and a fused
 * multiply-add of doubles.
 */
export const uniformKernel: Kernel<RangeAttrs> = {
  kind: "kernel",
  declines: (_, [out], { low, high }) => {
    if (sizeOf(out.shape) === 0) return "nothing is drawn";
    if (out.dtype !== "float32") return `draws of ${out.dtype} are made by the host`;
    const fits = low >= -largest && high <= largest && low <= high && high - low <= largest;
    return fits ? undefined : "the reference refuses these bounds";
  },
  emit: ({ outputs: [out], attrs: { low, high, generator }, f, module, resident }) => {
    const [from, to] = [Math.fround(low), Math.fround(high)];
    const state = resident(generator.engine.block);
    f.call(fillUniform(module), state, out.address, sizeOf(out.shape), Math.fround(to - from), from);
  },
};

export const normalKernel = noKernel("drawn by the host: its logarithms and cosines are correctly rounded doubles");

export const rreluKernel = noKernel("drawn by the host: how much is drawn depends on the values");

export const bernoulliOfKernel: Kernel<Pick<DrawAttrs, "generator">> = {
  kind: "kernel",
  declines: ([p]) => {
    if (sizeOf(p.shape) === 0) return "nothing is drawn";
    return p.dtype === "float32" ? undefined : `draws of ${p.dtype} are made by the host`;
  },
  emit: ({ inputs: [p], outputs: [out], attrs: { generator }, f, module, resident, reference }) => {
    const size = sizeOf(p.shape);
    const [at, isBad] = f.locals("i32", 2);
    f.set(at, 0);
    f.set(isBad, 0);
    f.times(size, () => {
      const value = f.let(f32.load(at, p.address));
      f.set(isBad, i32.or(isBad, i32.eqz(i32.and(f32.ge(value, 0), f32.le(value, 1)))));
      f.set(at, i32.add(at, 4));
    });
    f.if(isBad, reference, () =>
      f.call(fillBelow(module), resident(generator.engine.block), p.address, out.address, size),
    );
  },
};

export const randintKernel: Kernel<RangeAttrs> = {
  kind: "kernel",
  declines: (_, [out], { low, high }) => {
    if (sizeOf(out.shape) === 0) return "nothing is drawn";
    if (out.dtype !== "int32") return `draws of ${out.dtype} are made by the host`;
    const fits = Number.isInteger(low) && Number.isInteger(high) && low < high && low >= -(2 ** 31) && high <= 2 ** 31;
    return fits ? undefined : "the reference refuses these bounds";
  },
  emit: ({ outputs: [out], attrs: { low, high, generator }, f, module, resident }) => {
    // 2^32 as an int32 is 0.
    const range = (high - low) | 0;
    f.call(fillIntegers(module), resident(generator.engine.block), out.address, sizeOf(out.shape), range, low);
  },
};

export const randpermKernel: Kernel<{ readonly n: number; readonly generator: DrawAttrs["generator"] }> = {
  kind: "kernel",
  declines: (_, __, { n }) => (n === 0 ? "nothing is drawn" : undefined),
  emit: ({ outputs: [out], attrs: { n, generator }, f, module, resident }) =>
    f.call(fillPermutation(module), resident(generator.engine.block), out.address, n),
};
