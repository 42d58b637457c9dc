import { allocate, formatShape, type NdArray, type Shape, type Spec, sizeOf, wrongShape } from "../../core/index.ts";

/**
 * Channels-last pictures, as compiled programs store them between the layers of a ConvNet: [N, top
 * + H + bottom, left + W + right, C]. The border belongs to the array and holds zeros, so that a
 * convolution reads its padding in place. A kernel that writes such an array also writes the zeros,
 * because the memory is reused.
 */
export type Border = readonly [rows: Pair, columns: Pair];

type Pair = readonly [before: number, after: number];

export const noBorder: Border = [
  [0, 0],
  [0, 0],
];

/** Pictures inside a border. */
interface Pictures {
  readonly count: number;
  /** Without the border. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The shape [N, Hp, Wp, C] of pictures with a border. */
export function borderedShape({ count, height, width, channels }: Pictures, [rows, columns]: Border): Shape {
  return [count, rows[0] + height + rows[1], columns[0] + width + columns[1], channels];
}

/**
 * The pictures inside the border.
 * @throws RangeError unless the array has four dimensions and room for the border
 */
export function picturesOf(op: string, what: string, { shape }: Spec, border: Border): Pictures {
  const [rows, columns] = border;
  const [count, height, width, channels] = shape;
  const inside = [height - rows[0] - rows[1], width - columns[0] - columns[1]];
  if (shape.length !== 4 || inside.some((size) => size < 0)) {
    throw wrongShape(
      op,
      what,
      shape,
      `[N, height, width, C] with room for a border of ${formatShape(rows)} rows and ` +
        `${formatShape(columns)} columns`,
    );
  }
  return { count, height: inside[0], width: inside[1], channels };
}

/**
 * The spec of pictures, without their border, as [N, C, H, W].
 * @throws RangeError as {@link picturesOf}
 */
export function planesSpec(op: string, what: string, last: Spec, border: Border): Spec {
  const { count, height, width, channels } = picturesOf(op, what, last, border);
  return { shape: [count, channels, height, width], dtype: last.dtype };
}

/** The channels-last spec of [N, C, H, W]. */
export function lastSpec({ shape: [count, channels, height, width], dtype }: Spec, border: Border): Spec {
  return { shape: borderedShape({ count, height, width, channels }, border), dtype };
}

/** Copies between [N, C, H, W] and the inside of [N, Hp, Wp, C], element by element. */
function turn(
  planes: NdArray,
  last: NdArray,
  [rows, columns]: Border,
  copy: (plane: number, at: number) => void,
): void {
  const [, channels, height, width] = planes.shape;
  const [count, pitchRows, pitch] = last.shape;
  for (let n = 0, from = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      for (let h = 0; h < height; h++) {
        let at = ((n * pitchRows + rows[0] + h) * pitch + columns[0]) * channels + c;
        for (let w = 0; w < width; w++, from++, at += channels) copy(from, at);
      }
    }
  }
}

/** Fills [N, Hp, Wp, C], zeroed, with [N, C, H, W]. */
export function toLast(planes: NdArray, last: NdArray, border: Border): void {
  turn(planes, last, border, (from, at) => {
    last.data[at] = planes.data[from];
  });
}

/** Fills [N, C, H, W] with the inside of [N, Hp, Wp, C]. */
export function fromLast(last: NdArray, planes: NdArray, border: Border): void {
  turn(planes, last, border, (to, at) => {
    planes.data[to] = last.data[at];
  });
}

/** A new array [N, C, H, W], zeroed, for the inside of `last`. */
function planesLike(last: NdArray, border: Border): NdArray {
  const { shape, dtype } = planesSpec("channelsLast", "the array", last, border);
  return { shape, dtype, data: allocate(dtype, sizeOf(shape)) };
}

/** The array, converted to [N, C, H, W]. */
export function asPlanes(last: NdArray, border: Border): NdArray {
  const planes = planesLike(last, border);
  fromLast(last, planes, border);
  return planes;
}

/** Lets `fill` compute [N, C, H, W], and converts it to `last`. */
export function asLast(last: NdArray, border: Border, fill: (planes: NdArray) => void): void {
  const planes = planesLike(last, border);
  fill(planes);
  toLast(planes, last, border);
}
