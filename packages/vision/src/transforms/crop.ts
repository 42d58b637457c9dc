import { cat, full, type Generator, randint, type Tensor } from "evenkeel";
import { check, checkOptions, flag, refuse, wrongType, wrongValue } from "evenkeel/problem";
import { pair } from "../checks.ts";
import { type Image, isPicture, pick } from "../picture.ts";
import type { RandomOptions } from "./flip.ts";
import { sizeOf, type Transform } from "./step.ts";

/** A part of an image, within it. */
function crop(image: Image, top: number, left: number, height: number, width: number): Image {
  if (!isPicture(image)) return image.narrow(-2, top, height).narrow(-1, left, width);
  return pick(image, width, height, (x, y) => ((y + top) * image.width + x + left) * image.channels);
}

/** [left, top, right, bottom] */
type Margins = readonly [number, number, number, number];

/** An image in a frame of one value: 0 to 255 for pictures, any for tensors. */
function pad(image: Image, [left, top, right, bottom]: Margins, fill: number): Image {
  if (left + top + right + bottom === 0) return image;
  if (!isPicture(image)) return padTensor(image, [left, top, right, bottom], fill);
  const width = image.width + left + right;
  const height = image.height + top + bottom;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels).fill(fill);
  const row = image.width * channels;
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * row, (y + 1) * row), ((y + top) * width + left) * channels);
  }
  return { width, height, channels, data };
}

function padTensor(image: Tensor, [left, top, right, bottom]: Margins, value: number): Tensor {
  const along = (x: Tensor, dim: number, before: number, after: number) => {
    const margin = (n: number) => full(x.shape.with(dim, n), value, { dtype: x.dtype });
    return cat([margin(before), x, margin(after)], dim);
  };
  return along(along(image, image.ndim - 1, left, right), image.ndim - 2, top, bottom);
}

/** One number for all sides, [left and right, top and bottom], or [left, top, right, bottom]. */
type Padding = number | readonly number[];

function margins(caller: string, padding: Padding): Margins {
  const list = typeof padding === "number" ? [padding] : padding;
  const valid = Array.isArray(list) && [1, 2, 4].includes(list.length);
  if (!valid || !list.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw wrongValue(
      caller,
      "padding",
      padding,
      "a whole number of at least 0, or [left and right, top and bottom], or [left, top, right, bottom]",
    );
  }
  const [left, top = left, right = left, bottom = top] = list;
  return [left, top, right, bottom];
}

export interface PadOptions {
  /** The value of the frame: 0 to 255 in pictures. Default 0. */
  readonly fill?: number | undefined;
}

function checkFill(caller: string, fill: unknown): asserts fill is number {
  if (typeof fill !== "number") throw wrongType(caller, "fill", fill, "a number");
}

/**
 * A frame of one value around an image.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Pad.html
 */
export class Pad implements Transform {
  readonly padding: Margins;
  readonly fill: number;

  /** @throws RangeError for a padding that is none */
  constructor(padding: Padding, options: PadOptions = {}) {
    checkOptions("Pad", options, ["fill"]);
    const { fill = 0 } = options;
    checkFill("Pad", fill);
    this.padding = margins("Pad", padding);
    this.fill = fill;
  }

  apply(image: Image): Image {
    sizeOf("Pad", image);
    return pad(image, this.padding, this.fill);
  }
}

/**
 * The middle of an image; one that is smaller is first set into a frame of zeros.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.CenterCrop.html
 */
export class CenterCrop implements Transform {
  readonly size: readonly [number, number];

  /** @param size [height, width], or one number for both @throws RangeError if it is no size */
  constructor(size: number | readonly number[]) {
    this.size = pair("CenterCrop", "size", size);
  }

  apply(image: Image): Image {
    const [height, width] = this.size;
    const given = sizeOf("CenterCrop", image);
    const [tall, wide] = [Math.max(0, height - given[0]), Math.max(0, width - given[1])];
    const framed = pad(image, [wide >> 1, tall >> 1, (wide + 1) >> 1, (tall + 1) >> 1], 0);
    const [h, w] = sizeOf("CenterCrop", framed);
    return crop(framed, halfToEven(h - height), halfToEven(w - width), height, width);
  }
}

/** n / 2, to the even neighbour where it lies between two, as Python rounds. */
function halfToEven(n: number): number {
  const half = Math.floor(n / 2);
  return n % 2 === 0 ? half : half + (half % 2);
}

export interface RandomCropOptions extends RandomOptions, PadOptions {
  /** A frame around the image before it is cropped. Default none. */
  readonly padding?: Padding | undefined;
  /** Widens an image that is smaller than the crop, instead of refusing it. Default false. */
  readonly padIfNeeded?: boolean | undefined;
}

/**
 * A crop at a random position, drawn as torchvision draws it: a row and then a column, each a
 * number of torch's stream; nothing is drawn if the size is that of the image.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomCrop.html
 */
export class RandomCrop implements Transform {
  readonly size: readonly [number, number];
  readonly padding: Margins;
  readonly padIfNeeded: boolean;
  readonly fill: number;
  readonly #generator: Generator | undefined;

  /**
   * @param size [height, width], or one number for both
   * @throws RangeError if it is no size, or the padding is none
   */
  constructor(size: number | readonly number[], options: RandomCropOptions = {}) {
    checkOptions("RandomCrop", options, ["padding", "padIfNeeded", "fill", "generator"]);
    const { padding = 0, padIfNeeded = false, fill = 0, generator } = options;
    check("RandomCrop", "padIfNeeded", padIfNeeded, flag());
    checkFill("RandomCrop", fill);
    this.size = pair("RandomCrop", "size", size);
    this.padding = margins("RandomCrop", padding);
    this.padIfNeeded = padIfNeeded;
    this.fill = fill;
    this.#generator = generator;
  }

  /** @throws RangeError if the image, padded, is smaller than the crop */
  apply(image: Image): Image {
    const [height, width] = this.size;
    sizeOf("RandomCrop", image);
    let framed = pad(image, this.padding, this.fill);
    if (this.padIfNeeded) {
      const wide = Math.max(0, width - sizeOf("RandomCrop", framed)[1]);
      framed = pad(framed, [wide, 0, wide, 0], this.fill);
      const tall = Math.max(0, height - sizeOf("RandomCrop", framed)[0]);
      framed = pad(framed, [0, tall, 0, tall], this.fill);
    }
    const [h, w] = sizeOf("RandomCrop", framed);
    if (h < height || w < width) {
      throw refuse(
        "wrong-value",
        "RandomCrop",
        `Required crop size ${height} x ${width} is larger than input image size ${h} x ${w}`,
        "give a padding, or padIfNeeded",
      );
    }
    if (h === height && w === width) return framed;
    const draw = (places: number) => randint(0, places, [1], { generator: this.#generator }).item();
    const top = draw(h - height + 1);
    return crop(framed, top, draw(w - width + 1), height, width);
  }
}
