import { formatShape, refuse, type Shape, type Spec, sizeOf, wrongShape } from "../../core/index.ts";

/**
 * The windows of pooling. The last dimensions of an input are its plane, one per number in
 * `kernel`; the plane of each example and channel is pooled separately.
 */

export interface WindowAttrs {
  /** One number per dimension of the plane, here and below. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** On both sides. */
  readonly padding: readonly number[];
  /**
   * Whether a last window may reach over the edge; it must begin inside the input or the padding
   * before it.
   */
  readonly ceilMode: boolean;
}

/**
 * The windows along one dimension: output i reads from `start[i]` to before `end[i]`, in steps of
 * `step`.
 */
export interface Spans {
  /** The size of the input. */
  readonly size: number;
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly step: number;
  /** Number of places of each window that lie in the input or its padding. */
  readonly padded: readonly number[];
}

/** The windows along one dimension of `size`. */
function spansOf(size: number, attrs: WindowAttrs & { readonly dilation?: readonly number[] }, d: number): Spans {
  const [kernel, stride, padding, step] = [
    attrs.kernel[d],
    attrs.stride[d],
    attrs.padding[d],
    attrs.dilation?.[d] ?? 1,
  ];
  const reach = step * (kernel - 1) + 1;
  const steps = (size + 2 * padding - reach) / stride;
  let count = (attrs.ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  if (attrs.ceilMode && (count - 1) * stride >= size + padding) count--;
  count = Math.max(0, count);
  const first = Array.from({ length: count }, (_, i) => i * stride - padding);
  return {
    size,
    // The first place of the window that lies in the input.
    start: first.map((at) => (at < 0 ? at + step * Math.ceil(-at / step) : at)),
    end: first.map((at) => Math.min(at + reach, size)),
    step,
    padded: first.map((at) => Math.min(at + reach, size + padding) - at),
  };
}

/**
 * `count` windows that divide a dimension of `size` evenly; neighbours overlap if `count` does not
 * divide it.
 */
function evenSpans(size: number, count: number): Spans {
  const start = Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
  const end = Array.from({ length: count }, (_, i) => Math.ceil(((i + 1) * size) / count));
  return { size, start, end, step: 1, padded: end.map((at, i) => at - start[i]) };
}

/**
 * Three dimensions, so that all loops have the same three levels: missing leading ones have size 1.
 */
export type Planes = readonly [Spans, Spans, Spans];

const one: Spans = { size: 1, start: [0], end: [1], step: 1, padded: [1] };

function threeOf(spans: readonly Spans[]): Planes {
  return [...new Array<Spans>(3 - spans.length).fill(one), ...spans] as unknown as Planes;
}

const planeOf = (shape: Shape, rank: number) => shape.slice(shape.length - rank);

export function planesOf(shape: Shape, attrs: WindowAttrs & { readonly dilation?: readonly number[] }): Planes {
  return threeOf(planeOf(shape, attrs.kernel.length).map((size, d) => spansOf(size, attrs, d)));
}

export function evenPlanes(shape: Shape, counts: readonly number[]): Planes {
  return threeOf(planeOf(shape, counts.length).map((size, d) => evenSpans(size, counts[d])));
}

/** The shape of a result: other sizes in place of the plane's. */
export const withPlane = (shape: Shape, plane: readonly number[]): Shape => [
  ...shape.slice(0, shape.length - plane.length),
  ...plane,
];

const letters = ["D", "H", "W"];

/** [N, C, L] or such: what an input of pooling over `rank` dimensions is. */
function expectedPlane(rank: number): string {
  const plane = rank === 1 ? ["L"] : letters.slice(3 - rank);
  return `[N, C, ${plane.join(", ")}] or [C, ${plane.join(", ")}]`;
}

/**
 * @throws RangeError unless the input is [N, C, ...] or [C, ...] with something in every plane, as
 *   in PyTorch
 */
export function requirePlanes(op: string, x: Spec, rank: number, channels = true): void {
  const batched = x.shape.length === rank + 2;
  if (!batched && x.shape.length !== rank + 1) {
    throw wrongShape(op, "input", x.shape, expectedPlane(rank));
  }
  const least = x.shape.slice(channels ? (batched ? 1 : 0) : -rank);
  if (sizeOf(least) === 0) {
    throw wrongShape(op, "input", x.shape, `${expectedPlane(rank)} in which only N may be 0`);
  }
}

/** The result's shape. @throws RangeError if no window fits, or one would lie beside the input */
export function pooledShape(
  op: string,
  x: Spec,
  attrs: WindowAttrs & { readonly dilation?: readonly number[] },
): Shape {
  const rank = attrs.kernel.length;
  requirePlanes(op, x, rank);
  const planes = planesOf(x.shape, attrs).slice(3 - rank);
  const shape = withPlane(
    x.shape,
    planes.map(({ start }) => start.length),
  );
  planes.forEach(({ start, end, size }, d) => {
    if (start.length < 1) {
      throw refuse(
        "wrong-shape",
        op,
        `the windows do not fit: input has shape ${formatShape(x.shape)}, and dimension ${d - rank}, of ` +
          `${size}, would become ${start.length} with a kernel of ${attrs.kernel[d]}, padding ` +
          `${attrs.padding[d]} and dilation ${attrs.dilation?.[d] ?? 1}`,
        "make the kernel smaller or the input larger",
      );
    }
    const beside = start.findIndex((at, i) => at >= end[i]);
    if (beside >= 0) {
      throw refuse(
        "wrong-shape",
        op,
        `window ${beside} along dimension ${d - rank}, of ${size}, holds nothing but padding`,
        "make the dilation smaller",
      );
    }
  });
  return shape;
}
