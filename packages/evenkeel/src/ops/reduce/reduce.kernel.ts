import { type Shape, type Spec, sizeOf } from "../../core/index.ts";
import { loadDouble, storeDouble, toInt32, widthOf } from "../../wasm/convert.ts";
import { columnsFit, type Fold, foldColumns, foldRows, foldScratch, sumInDoubles } from "../../wasm/folds.ts";
import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64,
  f64x2,
  i32,
  type Kernel,
  type KernelCall,
  type Local,
  noKernel,
  type V128,
} from "../../wasm/index.ts";
import type { ReduceAttrs, VarianceAttrs } from "./reduce.ts";

/**
 * Reductions. float32 sums, means and extrema over neighbouring dimensions use vectors; all others
 * go element by element in double, in the order of the reference.
 */

interface Groups {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/**
 * The shape as [outer, length, inner], the middle reduced; undefined if the reduced dimensions are
 * not neighbours.
 */
function groups(shape: Shape, dims: readonly number[]): Groups | undefined {
  const kept = shape.map((size, dim) => ({ size, reduced: dims.includes(dim) })).filter(({ size }) => size !== 1);
  const first = kept.findIndex(({ reduced }) => reduced);
  if (first < 0) return { outer: 1, length: 1, inner: sizeOf(shape) };
  const end = kept.findLastIndex(({ reduced }) => reduced) + 1;
  if (kept.slice(first, end).some(({ reduced }) => !reduced)) return undefined;
  const size = (from: number, to: number) => kept.slice(from, to).reduce((n, dim) => n * dim.size, 1);
  return { outer: size(0, first), length: size(first, end), inner: size(end, kept.length) };
}

interface Dim {
  readonly size: number;
  /** Bytes from one element to the next. */
  readonly step: number;
}

/**
 * A reduction over any dimensions: the kept and the reduced ones, with contiguous dimensions
 * merged.
 */
interface LoopNest {
  readonly kept: readonly Dim[];
  readonly reduced: readonly Dim[];
  /** Elements of a group. */
  readonly length: number;
}

function loopNestOf({ shape, dtype }: Spec, dims: readonly number[]): LoopNest {
  const found: { readonly kept: Dim[]; readonly reduced: Dim[] } = { kept: [], reduced: [] };
  let step: number = widthOf(dtype);
  let last: Dim[] | undefined;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    const size = shape[dim];
    if (size === 1) continue;
    const list = dims.includes(dim) ? found.reduced : found.kept;
    if (list === last) list[0] = { size: size * list[0].size, step: list[0].step };
    else list.unshift({ size, step });
    last = list;
    step *= size;
  }
  return { ...found, length: found.reduced.reduce((product, { size }) => product * size, 1) };
}

/**
 * Visits all positions of some dimensions, the last one fastest; `at` advances, and is restored at
 * the end.
 */
function visit(f: FunctionBuilder, [first, ...others]: readonly Dim[], at: Local<"i32">, body: () => void): void {
  if (first === undefined) {
    body();
    return;
  }
  f.times(first.size, () => {
    visit(f, others, at, body);
    f.set(at, i32.add(at, first.step));
  });
  f.set(at, i32.sub(at, first.size * first.step));
}

/** Visits every group; `body` is given the offset of its first element in bytes. */
function forEachGroup(
  { f, outputs: [y] }: KernelCall<unknown>,
  { kept }: LoopNest,
  body: (start: Expr<"i32">) => Expr<"f64">,
  store = storeDouble,
): void {
  const [start, to] = f.locals("i32", 2);
  f.set(start, 0);
  f.set(to, 0);
  visit(f, kept, start, () => {
    store(f, y.dtype, to, body(start), y.address);
    f.set(to, i32.add(to, widthOf(y.dtype)));
  });
}

type Step = (acc: Expr<"f64">, value: Expr<"f64">) => Expr<"f64">;

/** Folds one group, element by element. */
function foldGroup(
  { f, inputs: [x] }: KernelCall<unknown>,
  { reduced }: LoopNest,
  start: Expr<"i32">,
  first: number,
  step: Step,
): Expr<"f64"> {
  const total = f.let(f64.const(first));
  const at = f.let(start);
  visit(f, reduced, at, () => f.set(total, step(total, loadDouble(x.dtype, at, x.address))));
  return total;
}

/**
 * Like {@link forEachGroup} for results that must fit int32: if one does not, the reference is
 * called to throw the error.
 */
function forEachWhole(call: KernelCall<unknown>, nest: LoopNest, body: (start: Expr<"i32">) => Expr<"f64">): void {
  const beyond = call.f.let(i32.const(0));
  forEachGroup(call, nest, body, (f, _, at, value, address) => {
    const total = f.let(value);
    const stored = f.let(toInt32(f, total));
    f.storeI32(at, stored, address);
    f.set(beyond, i32.or(beyond, f64.ne(total, f64.fromI32(stored))));
  });
  call.f.if(beyond, call.reference);
}

/** A reduction by `step` from `first`; float32 uses `vectors` if given. */
function fold(
  first: number,
  step: Step,
  finish: (total: Expr<"f64">, length: number) => Expr<"f64"> = (total) => total,
  vectors?: (length: number) => Fold,
): Kernel<ReduceAttrs> {
  return {
    kind: "kernel",
    scratch: () => (vectors === undefined ? 0 : foldScratch),
    emit: (call) => {
      const { f, inputs, outputs, attrs, scratch } = call;
      const group = groups(inputs[0].shape, attrs.dims);
      if (
        vectors !== undefined &&
        inputs[0].dtype === "float32" &&
        group !== undefined &&
        sizeOf(inputs[0].shape) > 0
      ) {
        const { outer, length, inner } = group;
        const folded = { ...group, from: inputs[0].address, to: outputs[0].address, scratch };
        const how = vectors(length);
        if (inner === 1 && (length >= 4 || how.finish !== undefined)) return foldRows(f, how, folded);
        if (inner > 1 && columnsFit(outer, inner)) return foldColumns(f, how, folded);
      }
      const nest = loopNestOf(inputs[0], attrs.dims);
      const groupsOf = outputs[0].dtype === "int32" ? forEachWhole : forEachGroup;
      groupsOf(call, nest, (start) => finish(foldGroup(call, nest, start, first, step), nest.length));
    },
  };
}

/** The sum of this many int32 is at most 2^53, which a double holds exactly. */
const mostIntegers = 2 ** 22;

export const sumKernel: Kernel<ReduceAttrs> = {
  ...fold(
    0,
    (acc, value) => f64.add(acc, value),
    (total) => total,
    () => ({ start: 0, combine: f32x4.add, finish: (total) => total }),
  ),
  declines: ([x], _, { dims }) =>
    x.dtype === "int32" && loopNestOf(x, dims).length > mostIntegers
      ? `int32, more than ${mostIntegers} in a sum: a double may not hold what they add up to on the way`
      : undefined,
};

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
export const maxKernel = amaxKernel;
export const minKernel = aminKernel;

export const prodKernel = fold(1, (acc, value) => f64.mul(acc, value));

const isTrue = (value: Expr<"f64">): Expr<"i32"> => f64.ne(value, 0);
export const anyKernel = fold(0, (acc, value) => f64.fromI32(i32.or(isTrue(acc), isTrue(value))));
export const allKernel = fold(1, (acc, value) => f64.fromI32(i32.and(isTrue(acc), isTrue(value))));

/** Two passes per group: the mean, then the squares around it. */
const spreadKernel = (finish: (variance: Expr<"f64">) => Expr<"f64">): Kernel<VarianceAttrs> => ({
  kind: "kernel",
  emit: (call) => {
    const { f, inputs, attrs } = call;
    const group = loopNestOf(inputs[0], attrs.dims);
    const distance = f.local("f64");
    forEachGroup(call, group, (start) => {
      const sum = foldGroup(call, group, start, 0, (acc, value) => f64.add(acc, value));
      const mean = f.let(f64.div(sum, group.length));
      const squares = foldGroup(call, group, start, 0, (acc, value) => {
        f.set(distance, f64.sub(value, mean));
        return f64.add(acc, f64.mul(distance, distance));
      });
      return finish(f64.div(squares, Math.max(0, group.length - attrs.correction)));
    });
  },
});

export const varianceKernel = spreadKernel((variance) => variance);
export const stdKernel = spreadKernel(f64.sqrt);

/** The norms of p = 1 and 2; others need powers. */
export const vectorNormKernel: Kernel<ReduceAttrs & { readonly p: number }> = {
  kind: "kernel",
  declines: (_, __, { p }) => (p !== 1 && p !== 2 ? `p = ${p}; there is code for 1 and 2` : undefined),
  emit: (call) => {
    const { f, inputs, attrs } = call;
    const nest = loopNestOf(inputs[0], attrs.dims);
    const rows = groups(inputs[0].shape, attrs.dims)?.inner === 1;
    const squared = attrs.p === 2;
    const x = f.local("f64");
    const total = (start: Expr<"i32">) => {
      if (inputs[0].dtype === "float32" && rows) {
        const term = (value: V128) => (squared ? f64x2.mul(value, value) : f64x2.abs(value));
        return sumInDoubles(f, start, inputs[0].address, nest.length, term);
      }
      return foldGroup(call, nest, start, 0, (acc, value) => {
        f.set(x, value);
        return f64.add(acc, squared ? f64.mul(x, x) : f64.abs(x));
      });
    };
    forEachGroup(call, nest, (start) => (squared ? f64.sqrt(total(start)) : total(start)));
  },
};

interface IndexAttrs {
  readonly dim: number;
  readonly keepdim: boolean;
}

/**
 * The index of the first extreme element; `holds(a, b)`: a is at least as extreme as b, false if
 * either is NaN.
 */
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
