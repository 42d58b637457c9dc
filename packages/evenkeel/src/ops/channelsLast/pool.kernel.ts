import type { Spec } from "../../core/index.ts";
import {
  type FunctionBuilder,
  f32x4,
  i32,
  i32x4,
  type Kernel,
  type Local,
  type Placed,
  v128,
} from "../../wasm/index.ts";
import { loadSomeLanes, storeLanes } from "../../wasm/laneMemory.ts";
import type { MaxPoolAttrs } from "../pool/maxPool.ts";
import { type Border, noBorder, picturesOf } from "./border.ts";
import { emitBorder, placeOf } from "./place.ts";
import type { MaxPoolBackwardLastAttrs, MaxPoolLastAttrs } from "./pool.ts";

/**
 * Channels-last max pooling, tap by tap: for each tap, all windows in which it lies inside the
 * picture are processed together, by vectors of channels. The taps of a window are visited in
 * row-major order.
 */

interface Sizes {
  readonly images: number;
  readonly channels: number;
  /** The borders of the input and of the output. */
  readonly input: readonly [height: number, width: number];
  readonly output: readonly [height: number, width: number];
}

interface Bordered {
  readonly array: Placed;
  readonly border: Border;
}

/**
 * Visits the channels of each tap of each window, with their offsets in the arrays of windows and
 * in the input, and the index of the tap.
 */
function forEachTap(
  f: FunctionBuilder,
  { images, channels, input, output }: Sizes,
  { kernel, stride, padding }: MaxPoolAttrs,
  windows: readonly Bordered[],
  pictures: Bordered,
  visit: (windows: readonly Local<"i32">[], pixel: Local<"i32">, index: Local<"v128">, lanes: number) => void,
): void {
  const places = windows.map(({ array, border }) => placeOf(array, border, 1));
  const inside = placeOf(pictures.array, pictures.border, 1);
  const along = (axis: 0 | 1, tap: number) => {
    const offset = tap - padding[axis];
    const first = Math.max(0, Math.ceil(-offset / stride[axis]));
    const end = Math.min(output[axis], Math.floor((input[axis] - 1 - offset) / stride[axis]) + 1);
    return { first, count: Math.max(0, end - first), start: first * stride[axis] + offset };
  };
  const place = f.let(i32.const(0));
  for (let kh = 0; kh < kernel[0]; kh++) {
    for (let kw = 0; kw < kernel[1]; kw++) {
      const [rows, columns] = [along(0, kh), along(1, kw)];
      if (rows.count * columns.count === 0) continue;
      const at = places.map(({ address, row, pixel }) =>
        f.let(i32.const(address + rows.first * row + columns.first * pixel)),
      );
      const from = f.let(i32.const(inside.address + rows.start * inside.row + columns.start * inside.pixel));
      const move = (by: (p: typeof inside) => number, input: number) => {
        for (const [i, pointer] of at.entries()) f.set(pointer, i32.add(pointer, by(places[i])));
        f.set(from, i32.add(from, input));
      };
      f.times(images, () => {
        f.set(place, rows.start * input[1] + columns.start);
        f.times(rows.count, () => {
          f.times(columns.count, () => {
            const index = f.let(i32x4.splat(place));
            f.times(Math.floor(channels / 4), () => {
              visit(at, from, index, 4);
              move(() => 16, 16);
            });
            if (channels % 4 > 0) visit(at, from, index, channels % 4);
            const done = 16 * Math.floor(channels / 4);
            move(({ pixel }) => pixel - done, stride[1] * inside.pixel - done);
            f.set(place, i32.add(place, stride[1]));
          });
          const across = columns.count;
          move(({ row, pixel }) => row - across * pixel, stride[0] * inside.row - across * stride[1] * inside.pixel);
          f.set(place, i32.add(place, stride[0] * input[1] - across * stride[1]));
        });
        move(({ image, row }) => image - rows.count * row, inside.image - rows.count * stride[0] * inside.row);
      });
    }
  }
}

const load = (at: Local<"i32">, lanes: number, dtype: "float32" | "int32" = "float32") =>
  lanes === 4 ? v128.load(at) : loadSomeLanes({ address: 0, dtype }, dtype, at, lanes);

function declines([x]: readonly Spec[], _: readonly Spec[], { dilation, kernel }: MaxPoolAttrs): string | undefined {
  if (x.dtype !== "float32") return `${x.dtype}: there is code for float32`;
  if (dilation.some((step) => step !== 1)) return "windows with dilation have no code";
  if (kernel[0] * kernel[1] > 49) return "windows of more than 49 places are not worth code";
  return x.shape.includes(0) ? "an empty batch is not worth code" : undefined;
}

export const maxPoolLastKernel: Kernel<MaxPoolLastAttrs> = {
  kind: "kernel",
  declines,
  emit: ({ f, inputs: [x], outputs: [y, indices], attrs }) => {
    const { inputBorder, border } = attrs;
    const from = picturesOf("maxPoolLast", "the input", x, inputBorder);
    const [, height, width] = indices.shape;
    const sizes: Sizes = {
      ...{ images: from.count, channels: from.channels },
      input: [from.height, from.width],
      output: [height, width],
    };
    emitBorder(f, y, border);
    // An index of -1 means that a window has no value yet.
    f.fill(indices.address, 0xff, 4 * indices.shape.reduce((a, b) => a * b));
    const windows = [
      { array: y, border },
      { array: indices, border: noBorder },
    ];
    const [value, most, place] = f.locals("v128", 3);
    forEachTap(f, sizes, attrs, windows, { array: x, border: inputBorder }, ([to, toPlace], pixel, index, lanes) => {
      f.set(value, load(pixel, lanes));
      f.set(most, load(to, lanes));
      f.set(place, load(toPlace, lanes, "int32"));
      const isFirst = i32x4.eq(place, i32x4.const(-1));
      // NaN is greater than all earlier values, another NaN too.
      const isNext = v128.or(v128.or(f32x4.gt(value, most), f32x4.ne(value, value)), isFirst);
      const next = f.let(isNext);
      storeLanes(f, { address: 0, dtype: "float32" }, "float32", to, v128.bitselect(value, most, next), lanes);
      storeLanes(f, { address: 0, dtype: "int32" }, "int32", toPlace, v128.bitselect(index, place, next), lanes);
    });
  },
};

export const maxPoolBackwardLastKernel: Kernel<MaxPoolBackwardLastAttrs> = {
  kind: "kernel",
  declines,
  emit: ({ f, inputs: [dy, indices], outputs: [dx], attrs }) => {
    const { size, dyBorder, border } = attrs;
    const [images, height, width, channels] = indices.shape;
    const sizes: Sizes = { images, channels, input: [size[0], size[1]], output: [height, width] };
    f.fill(dx.address, 0, 4 * dx.shape.reduce((a, b) => a * b));
    const windows = [
      { array: dy, border: dyBorder },
      { array: indices, border: noBorder },
    ];
    forEachTap(f, sizes, attrs, windows, { array: dx, border }, ([from, place], pixel, index, lanes) => {
      const isHere = i32x4.eq(load(place, lanes, "int32"), index);
      const sum = f32x4.add(load(pixel, lanes), v128.and(load(from, lanes), isHere));
      storeLanes(f, { address: 0, dtype: "float32" }, "float32", pixel, sum, lanes);
    });
  },
};
