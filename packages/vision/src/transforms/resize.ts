import { checkOptions, wrongType, wrongValue } from "evenkeel/problem";
import { pair } from "../checks.ts";
import { type Image, isPicture, type Picture, pick } from "../picture.ts";
import type { Transform } from "./step.ts";

export interface ResizeOptions {
  /**
   * "bilinear" weighs all pixels that a new one covers, as PIL does; "nearest" takes one of them.
   * Default "bilinear".
   */
  readonly interpolation?: "bilinear" | "nearest" | undefined;
}

/**
 * Another size, in PIL's arithmetic, so that the bytes are PIL's.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Resize.html
 */
export class Resize implements Transform {
  readonly size: number | readonly [number, number];
  readonly interpolation: "bilinear" | "nearest";

  /**
   * @param size [height, width]; one number is for the shorter side, and the other follows
   * @throws RangeError if it is no size
   */
  constructor(size: number | readonly number[], options: ResizeOptions = {}) {
    checkOptions("Resize", options, ["interpolation"]);
    const { interpolation = "bilinear" } = options;
    if (interpolation !== "bilinear" && interpolation !== "nearest") {
      throw wrongValue("Resize", "interpolation", interpolation, '"bilinear" or "nearest"');
    }
    const both = pair("Resize", "size", size);
    this.size = typeof size === "number" ? size : both;
    this.interpolation = interpolation;
  }

  apply(image: Image): Picture {
    if (!isPicture(image)) {
      throw wrongType("Resize", "image", image, "a picture", "put it before new ToTensor()");
    }
    const [height, width] = this.#sizeFor(image);
    if (height === image.height && width === image.width) return image;
    if (this.interpolation === "bilinear") return bilinear(image, width, height);
    const [columns, rows] = [nearest(image.width, width), nearest(image.height, height)];
    return pick(image, width, height, (x, y) => (rows[y] * image.width + columns[x]) * image.channels);
  }

  #sizeFor({ width, height }: Picture): readonly [number, number] {
    const { size } = this;
    if (typeof size !== "number") return size;
    const long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
    return width <= height ? [long, size] : [size, long];
  }
}

/**
 * The pixels along one side that the new ones are copies of. PIL adds up steps, and their rounding
 * with them.
 */
function nearest(from: number, to: number): Int32Array {
  const scale = from / to;
  const places = new Int32Array(to);
  for (let i = 0, at = scale * 0.5; i < to; i++, at += scale) places[i] = Math.min(from - 1, Math.trunc(at));
  return places;
}

/** The pixels along one side that make one of the new ones, and their weights in units of 2^-22. */
interface Window {
  readonly first: number;
  readonly weights: Int32Array;
}

const precision = 22;

function windows(from: number, to: number): Window[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - stretch + 0.5));
    const end = Math.min(from, Math.trunc(centre + stretch + 0.5));
    const weights = Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs((k + first - centre + 0.5) / stretch)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      first,
      weights: Int32Array.from(weights, (weight) => Math.trunc(0.5 + (weight / total) * 2 ** precision)),
    };
  });
}

/** First along the rows, then along the columns, in bytes between the two. */
function bilinear(picture: Picture, width: number, height: number): Picture {
  return resizeColumns(resizeRows(picture, width), height);
}

function resizeRows(picture: Picture, width: number): Picture {
  if (width === picture.width) return picture;
  const { height, channels } = picture;
  const data = new Uint8Array(width * height * channels);
  windows(picture.width, width).forEach((window, x) => {
    for (let y = 0; y < height; y++) {
      const from = (y * picture.width + window.first) * channels;
      for (let c = 0; c < channels; c++) {
        data[(y * width + x) * channels + c] = weighted(picture.data, from + c, channels, window.weights);
      }
    }
  });
  return { width, height, channels, data };
}

function resizeColumns(picture: Picture, height: number): Picture {
  if (height === picture.height) return picture;
  const { width, channels } = picture;
  const row = width * channels;
  const data = new Uint8Array(row * height);
  windows(picture.height, height).forEach((window, y) => {
    for (let x = 0; x < row; x++) {
      data[y * row + x] = weighted(picture.data, window.first * row + x, row, window.weights);
    }
  });
  return { width, height, channels, data };
}

function weighted(data: Uint8Array, from: number, step: number, weights: Int32Array): number {
  let total = 2 ** (precision - 1);
  for (let k = 0; k < weights.length; k++) total += data[from + k * step] * weights[k];
  return Math.min(255, total >> precision);
}
