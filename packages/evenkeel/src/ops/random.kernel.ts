import { type Spec, sizeOf } from "../core/index.ts";
import { type Kernel, noKernel } from "../wasm/index.ts";
import { fillMask, maskThreshold } from "../wasm/mersenneTwister.ts";
import type { DrawAttrs } from "./random.ts";

/**
 * Draws from the words of a generator, which live in the memory of compiled programs from the first one on: the same stream
 * as the references, in program order.
 */

type MaskAttrs = DrawAttrs & { readonly p: number };

const declines = (_: readonly Spec[], [out]: readonly Spec[], { p }: MaskAttrs): string | undefined => {
  if (sizeOf(out.shape) === 0) return "nothing is drawn";
  if (out.dtype !== "float32") return `draws of ${out.dtype} are made by the host`;
  return p >= 0 && p <= 1 ? undefined : "the reference refuses this probability";
};

/** The bits of a float32, to store as an integer. */
const bitsOf = (value: number): number => new Int32Array(new Float32Array([value]).buffer)[0];

/** Values with a probability, zeros otherwise; two words for each. */
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

const byHost = noKernel("drawn by the host");

export const uniformKernel = byHost;
export const normalKernel = byHost;
export const bernoulliOfKernel = byHost;
export const randintKernel = byHost;
export const randpermKernel = byHost;
