import { type Spec, sizeOf } from "../../core/index.ts";
import { type FunctionBuilder, f32, i32, type Kernel, type Local, type Placed } from "../../wasm/index.ts";
import { clear } from "../movement/gather.kernel.ts";
import { planeTaps } from "./resize.ts";
import type { ResizeAttrs, Taps } from "./taps.ts";

/**
 * Resizing by the nearest position: the input offsets of all outputs are written to scratch first.
 */

const tableBytes = (taps: readonly Taps[]) => taps.reduce((bytes, { count }) => bytes + 4 * count, 0);

const declines = (x: Spec, { mode }: ResizeAttrs): string | undefined => {
  if (x.dtype !== "float32") return "there is code for float32 only";
  if (mode !== "nearest" && mode !== "nearestExact") return "not written yet: only the nearest place has code";
  return sizeOf(x.shape) === 0 ? "an empty batch is not worth code" : undefined;
};

/** Runs `body` for each output, with its offset and the offset that it reads. */
function forEachOutput(
  f: FunctionBuilder,
  input: Placed,
  attrs: ResizeAttrs,
  scratch: number,
  body: (output: Local<"i32">, place: Local<"i32">) => void,
): void {
  const taps = planeTaps(input, attrs);
  let table = scratch;
  const axes = taps.map((one, d) => {
    const unit = 4 * taps.slice(d + 1).reduce((bytes, { size }) => bytes * size, 1);
    one.at.forEach((at, i) => {
      f.storeI32(0, at * unit, table + 4 * i);
    });
    const axis = { table, count: one.count };
    table += 4 * one.count;
    return axis;
  });
  const plane = 4 * taps.reduce((size, one) => size * one.size, 1);
  const [base, output] = f.locals("i32", 2);
  const at = f.locals("i32", 3);
  const places = f.locals("i32", 3);
  const loop = (d: number): void => {
    if (d === 3) {
      body(output, places[2]);
      f.set(output, i32.add(output, 4));
      return;
    }
    f.set(at[d], 0);
    f.times(axes[d].count, () => {
      f.set(places[d], i32.add(d === 0 ? base : places[d - 1], i32.load(at[d], axes[d].table)));
      loop(d + 1);
      f.set(at[d], i32.add(at[d], 4));
    });
  };
  f.set(base, 0);
  f.set(output, 0);
  f.times((4 * sizeOf(input.shape)) / plane, () => {
    loop(0);
    f.set(base, i32.add(base, plane));
  });
}

export const resizeKernel: Kernel<ResizeAttrs> = {
  kind: "kernel",
  declines: ([x], _, attrs) => declines(x, attrs),
  scratch: ([x], _, attrs) => tableBytes(planeTaps(x, attrs)),
  emit: ({ f, inputs: [x], outputs: [y], attrs, scratch }) =>
    forEachOutput(f, x, attrs, scratch, (output, place) => f.storeI32(output, i32.load(place, x.address), y.address)),
};

export const resizeBackwardKernel: Kernel<ResizeAttrs> = {
  kind: "kernel",
  declines: ([dy], _, attrs) => declines(dy, attrs),
  scratch: (_, [dx], attrs) => tableBytes(planeTaps(dx, attrs)),
  emit: ({ f, inputs: [dy], outputs: [dx], attrs, scratch }) => {
    clear(f, dx);
    forEachOutput(f, dx, attrs, scratch, (output, place) =>
      f.storeF32(place, f32.add(f32.load(place, dx.address), f32.load(output, dy.address)), dx.address),
    );
  },
};
