import { type Generator, rand } from "evenkeel";
import { checkOptions, checkValue, probability } from "evenkeel/problem";
import { type Image, isPicture, pick } from "../picture.ts";
import { sizeOf, type Transform } from "./step.ts";

export interface RandomOptions {
  /** Where the numbers come from. Default: the default generator, as manualSeed() sets it. */
  readonly generator?: Generator | undefined;
}

/**
 * Turns pictures around with a probability, drawn as torchvision draws it: one number of torch's
 * stream for each picture.
 */
abstract class RandomFlip implements Transform {
  readonly p: number;
  readonly #generator: Generator | undefined;

  /** @throws RangeError if p is no probability */
  constructor(p = 0.5, options: RandomOptions = {}) {
    const { name } = new.target;
    checkOptions(name, options, ["generator"]);
    checkValue(name, "p", p, probability());
    this.p = p;
    this.#generator = options.generator;
  }

  apply(image: Image): Image {
    sizeOf(this.constructor.name, image);
    return rand([1], { generator: this.#generator }).item() < this.p ? this.flip(image) : image;
  }

  protected abstract flip(image: Image): Image;
}

/**
 * Mirrors a picture, or a tensor [..., H, W], from left to right with probability `p`.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomHorizontalFlip.html
 */
export class RandomHorizontalFlip extends RandomFlip {
  protected flip(image: Image): Image {
    if (!isPicture(image)) return image.flip([-1]);
    const { width, height, channels } = image;
    return pick(image, width, height, (x, y) => (y * width + width - 1 - x) * channels);
  }
}

/**
 * Turns a picture, or a tensor [..., H, W], upside down with probability `p`.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomVerticalFlip.html
 */
export class RandomVerticalFlip extends RandomFlip {
  protected flip(image: Image): Image {
    if (!isPicture(image)) return image.flip([-2]);
    const { width, height, channels } = image;
    return pick(image, width, height, (x, y) => ((height - 1 - y) * width + x) * channels);
  }
}
