import { Tensor, tensor } from "evenkeel";
import { wrongType } from "evenkeel/problem";
import { type Image, isPicture } from "../picture.ts";
import type { Transform } from "./step.ts";

/**
 * A picture as a float32 tensor [channels, height, width], its values divided by 255: from 0 to 1.
 * A tensor is given back.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.ToTensor.html
 */
export class ToTensor implements Transform {
  apply(image: Image): Tensor {
    if (image instanceof Tensor) return image;
    if (!isPicture(image)) throw wrongType("ToTensor", "image", image, "a picture");
    const { width, height, channels, data } = image;
    const values = new Float32Array(data.length);
    const plane = width * height;
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < channels; c++) values[c * plane + i] = data[i * channels + c] / 255;
    }
    return tensor(values, { shape: [channels, height, width] });
  }
}
