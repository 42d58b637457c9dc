import { Tensor, tensor } from "evenkeel";
import { describe, mismatch, wrongValue } from "evenkeel/problem";
import { type Image, isPicture } from "../picture.ts";
import type { Transform } from "./step.ts";

/**
 * (x - mean) / std, channel by channel, of a tensor [..., channels, height, width].
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html
 */
export class Normalize implements Transform {
  readonly mean: readonly number[];
  readonly std: readonly number[];

  /**
   * @param mean one for each channel, or one for all
   * @param std the same
   * @throws RangeError if one is not finite, or a std is 0
   */
  constructor(mean: readonly number[], std: readonly number[]) {
    for (const [name, list] of Object.entries({ mean, std })) {
      if (!Array.isArray(list) || list.length === 0 || !list.every(Number.isFinite)) {
        throw wrongValue("Normalize", name, list, "a list of numbers, one for each channel");
      }
    }
    if (std.includes(0)) {
      throw wrongValue("Normalize", "std", std, "numbers other than 0: values are divided by them");
    }
    this.mean = [...mean];
    this.std = [...std];
  }

  apply(image: Image): Tensor {
    if (!(image instanceof Tensor) || image.ndim < 3 || !image.isFloatingPoint) {
      const given =
        image instanceof Tensor ? `a tensor of shape [${image.shape.join(", ")}] and dtype ${image.dtype}` : null;
      throw mismatch(
        "wrong-type",
        "Normalize",
        `${given ?? (isPicture(image) ? "a picture" : describe(image))} given`,
        "a float tensor of shape [..., channels, height, width]",
        "put new ToTensor() before it",
      );
    }
    const channels = image.shape[image.ndim - 3];
    const each = (name: string, list: readonly number[]) => {
      if (list.length !== 1 && list.length !== channels) {
        throw mismatch(
          "wrong-shape",
          "Normalize",
          `${name} has ${list.length} numbers`,
          `1 or ${channels}, the number of channels`,
        );
      }
      return tensor([...list], { dtype: image.dtype }).reshape(list.length, 1, 1);
    };
    return image.sub(each("mean", this.mean)).div(each("std", this.std));
  }
}
