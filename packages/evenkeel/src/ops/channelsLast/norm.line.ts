import type { Spec } from "../../core/index.ts";
import { type FunctionBuilder, f32x4, f64x2, type Local, type Placed, type V128, v128 } from "../../wasm/index.ts";
import { both, demotePair, promotePair } from "../normalize/doublePair.ts";
import { inverseStd } from "../normalize/normalize.scale.ts";
import { forEachSlot, type Group, loadChannels, planeBytes } from "./norm.traversal.ts";

/**
 * z = (x - middle) * scale + shift for every channel, in float32: `middle` is the mean as a
 * float32, so that the difference keeps the digits of x; the shift contains the rest of the mean.
 * Forward and backward compute the same bits.
 */

/** Planes of scratch, one after the other. */
export const lineBytes = (channels: number): number => 3 * planeBytes(channels);

interface Parameters {
  readonly mean: Placed;
  readonly variance: Placed;
  readonly weight: Placed;
  readonly bias: Placed;
}

/**
 * Fills the planes. With `spoil` a scale that is not finite makes z NaN everywhere, so that maxima
 * need no NaN checks.
 */
export function emitLine(
  f: FunctionBuilder,
  channels: number,
  { mean, variance, weight, bias }: Parameters,
  eps: number,
  scratch: number,
  spoil: boolean,
): void {
  const plane = planeBytes(channels);
  forEachSlot(f, channels, (slot) => {
    const means = loadChannels(mean, slot).map((half) => f.let(half));
    const variances = loadChannels(variance, slot);
    const weights = loadChannels(weight, slot);
    const biases = loadChannels(bias, slot);
    const scales = both((half) => f.let(f64x2.mul(inverseStd(variances[half], eps), weights[half])));
    const middle = f.let(demotePair([means[0], means[1]]));
    const middles = promotePair(middle);
    const shifts = both((half) =>
      f64x2.sub(biases[half], f64x2.mul(f64x2.sub(means[half], middles[half]), scales[half])),
    );
    const scale = f.let(demotePair(scales));
    const shift = demotePair(shifts);
    f.storeV128(slot.slot, middle, scratch);
    f.storeV128(slot.slot, scale, scratch + plane);
    f.storeV128(slot.slot, spoil ? f32x4.add(shift, f32x4.sub(scale, scale)) : shift, scratch + 2 * plane);
  });
}

/** For each vector of a group: the values of its channels in `count` planes. */
export function loadPlanes(
  f: FunctionBuilder,
  channels: number,
  { slot, vectors }: Group,
  scratch: number,
  count: number,
): Local<"v128">[][] {
  return vectors.map((vector) =>
    Array.from({ length: count }, (_, k) => f.let(v128.load(slot, scratch + k * planeBytes(channels) + vector.slot))),
  );
}

/** z of a value, given the channel's planes. */
export const onLine = (x: V128, [middle, scale, shift]: readonly V128[]): V128 =>
  f32x4.add(f32x4.mul(f32x4.sub(x, middle), scale), shift);

/**
 * Inputs named by position must be float32, the others of one of the dtypes; nothing may be empty.
 */
export const declinesUnless =
  (float32: readonly number[], statistics: readonly string[]) =>
  (inputs: readonly Spec[]): string | undefined => {
    if (float32.some((i) => inputs[i].dtype !== "float32")) return "batch norm has code for float32 only";
    if (inputs.some(({ dtype }, i) => !float32.includes(i) && !statistics.includes(dtype))) {
      return `statistics are not ${statistics.join(" or ")}`;
    }
    return inputs[0].shape.includes(0) ? "an empty batch is not worth code" : undefined;
  };
