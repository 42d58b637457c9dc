import type { DType, Tensor } from "evenkeel";
import { expect } from "vitest";

/**
 * The definitions that properties compare with: index by index, with nothing of the library in
 * them.
 */

export type Shape = readonly number[];
type Index = readonly number[];

/** An array by its definition: a shape, and what stands at each index. */
export interface Naive {
  readonly shape: Shape;
  readonly at: (index: Index) => number;
}

/** Every index of a shape, the last dimension running fastest. */
export function indicesOf(shape: Shape): number[][] {
  const [n, ...rest] = shape;
  if (n === undefined) return [[]];
  const inner = indicesOf(rest);
  return Array.from({ length: n }, (_, i) => inner.map((index) => [i, ...index])).flat();
}

/** Reads a tensor through its nested arrays, so that strides play no part. */
export function naiveOf(x: Tensor): Naive {
  const nested: unknown = x.toArray();
  const at = (index: Index) => Number(index.reduce((level, i) => (level as unknown[])[i], nested));
  return { shape: x.shape, at };
}

/** What is left of a number that is stored as a dtype. */
export function stored(value: number, dtype: DType): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype === "int32") return value | 0;
  return dtype === "float32" ? Math.fround(value) : value;
}

/**
 * Asserts shape and values; `tolerance` is relative, 0 asks for the very numbers (-0 counts as 0).
 */
export function expectEqual(actual: Tensor, expected: Naive, tolerance = 0): void {
  expect([...actual.shape]).toEqual([...expected.shape]);
  const { data } = actual;
  for (const [i, index] of indicesOf(expected.shape).entries()) {
    const want = stored(expected.at(index), actual.dtype);
    const near = data[i] === want || Math.abs(data[i] - want) <= tolerance * Math.abs(want);
    if (!near && !(Number.isNaN(data[i]) && Number.isNaN(want))) {
      expect.fail(`at [${index}] of [${expected.shape}] stands ${data[i]}, by the definition it is ${want}`);
    }
  }
}

/** The common shape of broadcasting; null if there is none. */
export function broadcastShape(...shapes: Shape[]): Shape | null {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const common: number[] = [];
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const sizes = new Set(shapes.map((shape) => shape[shape.length - fromEnd] ?? 1));
    sizes.delete(1);
    if (sizes.size > 1) return null;
    common.unshift([...sizes][0] ?? 1);
  }
  return common;
}

/** f over operands that are repeated to their common shape. */
export function elementwise(f: (...values: number[]) => number, ...operands: Naive[]): Naive {
  const shape = broadcastShape(...operands.map((operand) => operand.shape)) as Shape;
  return { shape, at: (index) => f(...operands.map((operand) => expand(operand, shape).at(index))) };
}

export function expand({ shape, at }: Naive, target: Shape): Naive {
  const extra = target.length - shape.length;
  return { shape: target, at: (index) => at(shape.map((n, d) => (n === 1 ? 0 : index[d + extra]))) };
}

/** f of all the values that share their index outside of `dims`, in order. */
export function reduce(x: Naive, dims: readonly number[], keepdim: boolean, f: (values: number[]) => number): Naive {
  const kept = x.shape.map((n, d) => (dims.includes(d) ? 1 : n));
  const shape = keepdim ? kept : kept.filter((_, d) => !dims.includes(d));
  const groups = new Map<string, number[]>(indicesOf(kept).map((index) => [String(index), []]));
  for (const index of indicesOf(x.shape)) {
    groups.get(String(index.map((i, d) => (dims.includes(d) ? 0 : i))))?.push(x.at(index));
  }
  const full = (index: Index) => {
    if (keepdim) return index;
    const rest = [...index];
    return kept.map((_, d) => (dims.includes(d) ? 0 : rest.shift()));
  };
  return { shape, at: (index) => f(groups.get(String(full(index))) as number[]) };
}

/** The k-th value in row-major order stays the k-th. */
export function reshape(x: Naive, shape: Shape): Naive {
  const values = indicesOf(x.shape).map(x.at);
  const place = new Map(indicesOf(shape).map((index, k) => [String(index), k]));
  return { shape, at: (index) => values[place.get(String(index)) as number] };
}

export function permute(x: Naive, dims: readonly number[]): Naive {
  const at = (index: Index) => x.at(dims.map((_, d) => index[dims.indexOf(d)]));
  return { shape: dims.map((d) => x.shape[d]), at };
}

/** The entries `picked` of one dimension, in that order. */
export function pick(x: Naive, dim: number, picked: readonly number[]): Naive {
  return {
    shape: x.shape.map((n, d) => (d === dim ? picked.length : n)),
    at: (index) => x.at(index.map((i, d) => (d === dim ? picked[i] : i))),
  };
}

/** Python's x[start:stop:step] as a list of places; written as its loop over all places. */
export function slicePlaces(size: number, start = 0, stop = size, step = 1): number[] {
  const from = start < 0 ? start + size : start;
  const to = stop < 0 ? stop + size : stop;
  return Array.from({ length: size }, (_, i) => i).filter(
    (i) => i >= from && i < to && (i - Math.max(from, 0)) % step === 0,
  );
}

/** Drops dimension `dim` at place `i`. */
export function select(x: Naive, dim: number, i: number): Naive {
  const at = (index: Index) => x.at([...index.slice(0, dim), i, ...index.slice(dim)]);
  return { shape: x.shape.filter((_, d) => d !== dim), at };
}

export function gather(x: Naive, dim: number, index: Naive): Naive {
  return { shape: index.shape, at: (place) => x.at(place.map((i, d) => (d === dim ? index.at(place) : i))) };
}

export function cat(parts: readonly Naive[], dim: number): Naive {
  // Each place along the dimension: which part it lies in, and where.
  const places = parts.flatMap((part) => Array.from({ length: part.shape[dim] }, (_, i) => [part, i] as const));
  return {
    shape: parts[0].shape.map((n, d) => (d === dim ? places.length : n)),
    at: (index) => {
      const [part, i] = places[index[dim]];
      return part.at(index.map((j, d) => (d === dim ? i : j)));
    },
  };
}

export function stack(parts: readonly Naive[], dim: number): Naive {
  const [{ shape }] = parts;
  return {
    shape: [...shape.slice(0, dim), parts.length, ...shape.slice(dim)],
    at: (index) => parts[index[dim]].at(index.filter((_, d) => d !== dim)),
  };
}

/**
 * sum over k of a[..., i, k] * b[..., k, j], leading dimensions broadcast; vectors as torch.matmul
 * takes them.
 */
export function matmul(a: Naive, b: Naive): Naive {
  if (a.shape.length === 1) return select(matmul(reshape(a, [1, ...a.shape]), b), Math.max(b.shape.length - 2, 0), 0);
  if (b.shape.length === 1) {
    const product = matmul(a, reshape(b, [...b.shape, 1]));
    return select(product, product.shape.length - 1, 0);
  }
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) as Shape;
  const rows = a.shape[a.shape.length - 2];
  const inner = a.shape[a.shape.length - 1];
  const columns = b.shape[b.shape.length - 1];
  const left = expand(a, [...batch, rows, inner]);
  const right = expand(b, [...batch, inner, columns]);
  return {
    shape: [...batch, rows, columns],
    at: (index) => {
      const at = index.slice(0, -2);
      const [i, j] = index.slice(-2);
      let total = 0;
      for (let k = 0; k < inner; k++) total += left.at([...at, i, k]) * right.at([...at, k, j]);
      return total;
    },
  };
}
