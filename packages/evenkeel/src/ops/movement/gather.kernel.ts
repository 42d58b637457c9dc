import { type Shape, type Spec, sizeOf, stridesOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import { copyRow, fillArray } from "../../wasm/copy.ts";
import {
  type Expr,
  type FunctionBuilder,
  f32,
  f32x4,
  f64,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  type Placed,
  v128,
} from "../../wasm/index.ts";

/**
 * Reading and summing by index. All indices are checked before anything is written; if one is out
 * of range the code calls the row's reference, which throws an error that names it.
 */

/** Writes `body` behind a check that every index is from 0 to size - 1. */
export function withinRange<A>(
  { f, inputs: [, index], reference }: KernelCall<A>,
  size: number,
  body: () => void,
): void {
  const count = sizeOf(index.shape);
  const [at, outside] = f.locals("i32", 2);
  f.set(at, 0);
  f.set(outside, 0);
  f.times(count, () => {
    f.set(outside, i32.or(outside, i32.geU(i32.load(at, index.address), size)));
    f.set(at, i32.add(at, 4));
  });
  f.if(outside, reference, body);
}

/** The operands of these kernels: values, indices, and the result. */
function parts<A>({ f, inputs: [x, index], outputs: [y], attrs }: KernelCall<A>) {
  return { f, x, index, y, attrs };
}

const summed = ([x]: readonly Spec[]): string | undefined =>
  x.dtype === "bool" ? "bools are summed; there is code for numbers" : undefined;

/** y += x, of one element, as its dtype rounds. */
function accumulate(f: FunctionBuilder, x: Placed, from: Expr<"i32">, y: Placed, to: Expr<"i32">): void {
  const [source, target] = [x.address, y.address];
  if (x.dtype === "float32") f.storeF32(to, f32.add(f32.load(to, target), f32.load(from, source)), target);
  else if (x.dtype === "float64") f.storeF64(to, f64.add(f64.load(to, target), f64.load(from, source)), target);
  else f.storeI32(to, i32.add(i32.load(to, target), i32.load(from, source)), target);
}

export const clear = (f: FunctionBuilder, y: Placed) =>
  fillArray(f, y.address, sizeOf(y.shape) * widthOf(y.dtype), f32x4.const(0));

/** For each index: its offset and the offset in `shape` that it points to, in bytes. */
function forEachPlace(
  f: FunctionBuilder,
  index: Placed,
  shape: Shape,
  dim: number,
  width: number,
  body: (place: Local<"i32">, pointed: Local<"i32">) => void,
): void {
  const strides = stridesOf(shape).map((stride) => stride * width);
  const [at, place, base, pointed] = f.locals("i32", 4);
  for (const local of [at, place, base]) f.set(local, 0);
  const nest = (depth: number): void => {
    if (depth === index.shape.length) {
      f.set(pointed, i32.add(base, i32.mul(i32.load(at, index.address), strides[dim] ?? width)));
      body(place, pointed);
      f.set(at, i32.add(at, 4));
      f.set(place, i32.add(place, width));
      return;
    }
    const step = depth === dim ? 0 : strides[depth];
    f.times(index.shape[depth], () => {
      nest(depth + 1);
      if (step > 0) f.set(base, i32.add(base, step));
    });
    if (step > 0) f.set(base, i32.sub(base, step * index.shape[depth]));
  };
  nest(0);
}

export const gatherKernel: Kernel<{ readonly dim: number }> = {
  kind: "kernel",
  emit: (call) => {
    const { f, x, index, y, attrs } = parts(call);
    const width = widthOf(x.dtype);
    withinRange(call, x.shape[attrs.dim] ?? 1, () =>
      forEachPlace(f, index, x.shape, attrs.dim, width, (place, pointed) =>
        copyRow(f, width, { at: pointed, address: x.address }, { at: place, address: y.address }),
      ),
    );
  },
};

export const scatterAddKernel: Kernel<{ readonly dim: number; readonly shape: Shape }> = {
  kind: "kernel",
  declines: summed,
  emit: (call) => {
    const { f, x, index, y, attrs } = parts(call);
    withinRange(call, y.shape[attrs.dim] ?? 1, () => {
      clear(f, y);
      forEachPlace(f, index, y.shape, attrs.dim, widthOf(x.dtype), (place, pointed) =>
        accumulate(f, x, place, y, pointed),
      );
    });
  },
};

/**
 * For each row that the index selects along `dim` of `shape`: its offset and the offset it points
 * to, in bytes.
 */
export function forEachRow(
  f: FunctionBuilder,
  index: Placed,
  shape: Shape,
  dim: number,
  width: number,
  body: (row: Local<"i32">, pointed: Local<"i32">, bytes: number) => void,
): void {
  const bytes = sizeOf(shape.slice(dim + 1)) * width;
  const [at, row, base, pointed] = f.locals("i32", 4);
  for (const local of [row, base]) f.set(local, 0);
  if (bytes === 0) return;
  f.times(sizeOf(shape.slice(0, dim)), () => {
    f.set(at, 0);
    f.times(index.shape[0], () => {
      f.set(pointed, i32.add(base, i32.mul(i32.load(at, index.address), bytes)));
      body(row, pointed, bytes);
      f.set(at, i32.add(at, 4));
      f.set(row, i32.add(row, bytes));
    });
    f.set(base, i32.add(base, shape[dim] * bytes));
  });
}

export const indexSelectKernel: Kernel<{ readonly dim: number }> = {
  kind: "kernel",
  emit: (call) => {
    const { f, x, index, y, attrs } = parts(call);
    withinRange(call, x.shape[attrs.dim], () =>
      forEachRow(f, index, x.shape, attrs.dim, widthOf(x.dtype), (row, pointed, bytes) =>
        copyRow(f, bytes, { at: pointed, address: x.address }, { at: row, address: y.address }),
      ),
    );
  },
};

export const indexAddKernel: Kernel<{ readonly dim: number; readonly size: number }> = {
  kind: "kernel",
  declines: summed,
  emit: (call) => {
    const { f, x, index, y, attrs } = parts(call);
    withinRange(call, y.shape[attrs.dim], () => {
      clear(f, y);
      forEachRow(f, index, y.shape, attrs.dim, widthOf(x.dtype), (row, pointed, bytes) =>
        addRow(f, x, row, y, pointed, bytes),
      );
    });
  },
};

export function addRow(
  f: FunctionBuilder,
  x: Placed,
  from: Local<"i32">,
  y: Placed,
  to: Local<"i32">,
  bytes: number,
): void {
  const [source, target] = f.locals("i32", 2);
  f.set(source, from);
  f.set(target, to);
  const advance = (by: number) => {
    f.set(source, i32.add(source, by));
    f.set(target, i32.add(target, by));
  };
  const width = widthOf(x.dtype);
  const vectors = x.dtype === "float32" ? Math.floor(bytes / 16) : 0;
  f.times(vectors, () => {
    f.storeV128(target, f32x4.add(v128.load(target, y.address), v128.load(source, x.address)), y.address);
    advance(16);
  });
  f.times((bytes - 16 * vectors) / width, () => {
    accumulate(f, x, source, y, target);
    advance(width);
  });
}
