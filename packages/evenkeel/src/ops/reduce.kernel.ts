import { type Shape, type Spec, sizeOf } from "../core/index.ts";
import { loadDouble, storeDouble, widthOf } from "../wasm/convert.ts";
import { columnsFit, type Fold, foldColumns, foldRows, foldScratch, sumInDoubles } from "../wasm/folds.ts";
import { type Expr, f32x4, f64, f64x2, i32, type Kernel, type KernelCall, noKernel, type V128 } from "../wasm/index.ts";
import type { ReduceAttrs } from "./reduce.ts";

/**
 * Reductions over neighbouring dimensions. float32 sums, means and extrema go by vectors; the rest goes element by element
 * in double, in the order of the reference.
 */

interface Groups {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The shape as [outer, length, inner], the middle reduced; undefined if the reduced dimensions are not neighbours. */
function groups(shape: Shape, dims: readonly number[]): Groups | undefined {
  const kept = shape.map((size, dim) => ({ size, reduced: dims.includes(dim) })).filter(({ size }) => size !== 1);
  const first = kept.findIndex(({ reduced }) => reduced);
  if (first < 0) return { outer: 1, length: 1, inner: sizeOf(shape) };
  const end = kept.findLastIndex(({ reduced }) => reduced) + 1;
  if (kept.slice(first, end).some(({ reduced }) => !reduced)) return undefined;
  const size = (from: number, to: number) => kept.slice(from, to).reduce((n, dim) => n * dim.size, 1);
  return { outer: size(0, first), length: size(first, end), inner: size(end, kept.length) };
}

const declines = ([x]: readonly Spec[], _: readonly Spec[], { dims }: ReduceAttrs): string | undefined =>
  groups(x.shape, dims) === undefined
    ? `dimensions [${dims.join(", ")}] of [${x.shape.join(", ")}] are not neighbours; there is code for those that are`
    : undefined;

/** Visits every group; `body` is given the offset of its first element in bytes. */
function forEachGroup(
  { f, inputs: [x], outputs: [y] }: KernelCall<unknown>,
  { outer, length, inner }: Groups,
  body: (start: Expr<"i32">) => Expr<"f64">,
): void {
  if (outer * inner === 0) return;
  const [start, to] = f.locals("i32", 2);
  f.set(start, 0);
  f.set(to, 0);
  const width = widthOf(x.dtype);
  f.times(outer, () => {
    f.times(inner, () => {
      storeDouble(f, y.dtype, to, body(start), y.address);
      f.set(start, i32.add(start, width));
      f.set(to, i32.add(to, widthOf(y.dtype)));
    });
    f.set(start, i32.add(start, (length - 1) * inner * width));
  });
}

type Step = (acc: Expr<"f64">, value: Expr<"f64">) => Expr<"f64">;

/** Folds one group, element by element. */
function foldGroup(
  { f, inputs: [x] }: KernelCall<unknown>,
  { length, inner }: Groups,
  start: Expr<"i32">,
  first: number,
  step: Step,
): Expr<"f64"> {
  const total = f.let(f64.const(first));
  const at = f.let(start);
  f.times(length, () => {
    f.set(total, step(total, loadDouble(x.dtype, at, x.address)));
    f.set(at, i32.add(at, inner * widthOf(x.dtype)));
  });
  return total;
}

/** A reduction by `step` from `first`; float32 goes by `vectors` if given. */
function fold(
  first: number,
  step: Step,
  finish: (total: Expr<"f64">, length: number) => Expr<"f64"> = (total) => total,
  vectors?: (length: number) => Fold,
): Kernel<ReduceAttrs> {
  return {
    kind: "kernel",
    declines,
    scratch: () => (vectors === undefined ? 0 : foldScratch),
    emit: (call) => {
      const { f, inputs, outputs, attrs, scratch } = call;
      const group = groups(inputs[0].shape, attrs.dims) as Groups;
      const { outer, length, inner } = group;
      const folded = { ...group, from: inputs[0].address, to: outputs[0].address, scratch };
      if (vectors !== undefined && inputs[0].dtype === "float32" && outer * inner > 0 && length > 0) {
        const how = vectors(length);
        if (inner === 1 && (length >= 4 || how.finish !== undefined)) return foldRows(f, how, folded);
        if (inner > 1 && columnsFit(outer, inner)) return foldColumns(f, how, folded);
      }
      forEachGroup(call, group, (start) => finish(foldGroup(call, group, start, first, step), length));
    },
  };
}

export const sumKernel = fold(
  0,
  (acc, value) => f64.add(acc, value),
  (total) => total,
  () => ({ start: 0, combine: f32x4.add, finish: (total) => total }),
);

export const meanKernel = fold(
  0,
  (acc, value) => f64.add(acc, value),
  (total, length) => f64.div(total, length),
  (length) => ({ start: 0, combine: f32x4.add, finish: (total) => f64x2.div(total, f64x2.const(length)) }),
);

export const amaxKernel = fold(
  Number.NEGATIVE_INFINITY,
  (acc, value) => f64.max(acc, value),
  (total) => total,
  () => ({ start: Number.NEGATIVE_INFINITY, combine: f32x4.max }),
);

export const aminKernel = fold(
  Number.POSITIVE_INFINITY,
  (acc, value) => f64.min(acc, value),
  (total) => total,
  () => ({ start: Number.POSITIVE_INFINITY, combine: f32x4.min }),
);

export const prodKernel = fold(1, (acc, value) => f64.mul(acc, value));

const isTrue = (value: Expr<"f64">): Expr<"i32"> => f64.ne(value, 0);
export const anyKernel = fold(0, (acc, value) => f64.fromI32(i32.or(isTrue(acc), isTrue(value))));
export const allKernel = fold(1, (acc, value) => f64.fromI32(i32.and(isTrue(acc), isTrue(value))));

/** Two passes per group: the mean, then the squares around it. */
export const varianceKernel: Kernel<ReduceAttrs & { readonly correction: number }> = {
  kind: "kernel",
  declines,
  emit: (call) => {
    const { f, inputs, attrs } = call;
    const group = groups(inputs[0].shape, attrs.dims) as Groups;
    const distance = f.local("f64");
    forEachGroup(call, group, (start) => {
      const sum = foldGroup(call, group, start, 0, (acc, value) => f64.add(acc, value));
      const mean = f.let(f64.div(sum, group.length));
      const squares = foldGroup(call, group, start, 0, (acc, value) => {
        f.set(distance, f64.sub(value, mean));
        return f64.add(acc, f64.mul(distance, distance));
      });
      return f64.div(squares, Math.max(0, group.length - attrs.correction));
    });
  },
};

/** The norms of p = 1 and 2; others need powers. */
export const vectorNormKernel: Kernel<ReduceAttrs & { readonly p: number }> = {
  kind: "kernel",
  declines: (inputs, outputs, attrs) =>
    attrs.p !== 1 && attrs.p !== 2 ? `p = ${attrs.p}; there is code for 1 and 2` : declines(inputs, outputs, attrs),
  emit: (call) => {
    const { f, inputs, attrs } = call;
    const group = groups(inputs[0].shape, attrs.dims) as Groups;
    const squared = attrs.p === 2;
    const x = f.local("f64");
    const total = (start: Expr<"i32">) => {
      if (inputs[0].dtype === "float32" && group.inner === 1) {
        const term = (value: V128) => (squared ? f64x2.mul(value, value) : f64x2.abs(value));
        return sumInDoubles(f, start, inputs[0].address, group.length, term);
      }
      return foldGroup(call, group, start, 0, (acc, value) => {
        f.set(x, value);
        return f64.add(acc, squared ? f64.mul(x, x) : f64.abs(x));
      });
    };
    forEachGroup(call, group, (start) => (squared ? f64.sqrt(total(start)) : total(start)));
  },
};

interface IndexAttrs {
  readonly dim: number;
  readonly keepdim: boolean;
}

/** The index of the first element that none is beyond; `holds(a, b)`: a is not beyond b, false if either is NaN. */
function indexOfExtremum(holds: (a: Expr<"f64">, b: Expr<"f64">) => Expr<"i32">): Kernel<IndexAttrs> {
  return {
    kind: "kernel",
    emit: ({ f, inputs: [x], outputs: [y], attrs: { dim } }) => {
      const length = x.shape[dim] ?? 1;
      const inner = sizeOf(x.shape.slice(dim + 1));
      const outer = sizeOf(y.shape) / Math.max(1, inner);
      const step = inner * widthOf(x.dtype);
      if (sizeOf(y.shape) === 0) return;
      const [start, at, to, k, index] = f.locals("i32", 5);
      const [value, leader] = f.locals("f64", 2);
      f.set(start, 0);
      f.set(to, 0);
      f.times(outer, () => {
        f.times(inner, () => {
          f.set(at, start);
          f.set(index, 0);
          f.set(leader, loadDouble(x.dtype, at, x.address));
          f.set(k, 1);
          f.times(length - 1, () => {
            f.set(at, i32.add(at, step));
            f.set(value, loadDouble(x.dtype, at, x.address));
            // A NaN holds against everything, everything else gives way to it.
            f.if(i32.and(i32.eqz(holds(value, leader)), f64.eq(leader, leader)), () => {
              f.set(leader, value);
              f.set(index, k);
            });
            f.set(k, i32.add(k, 1));
          });
          f.storeI32(to, index, y.address);
          f.set(start, i32.add(start, widthOf(x.dtype)));
          f.set(to, i32.add(to, 4));
        });
        f.set(start, i32.add(start, (length - 1) * step));
      });
    },
  };
}

export const argmaxKernel = indexOfExtremum(f64.le);
export const argminKernel = indexOfExtremum(f64.ge);

export const logsumexpKernel = noKernel("not written yet: it needs an exponential and a logarithm in double");
