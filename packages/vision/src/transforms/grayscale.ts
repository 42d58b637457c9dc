import { wrongType, wrongValue } from "evenkeel/problem";
import { type Image, isPicture, type Picture } from "../picture.ts";
import type { Transform } from "./step.ts";

/** The luma of ITU-R 601-2, rounded as PIL rounds it. */
export function grey(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const { width, height, data } = picture;
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) {
    values[i] = (data[3 * i] * 19595 + data[3 * i + 1] * 38470 + data[3 * i + 2] * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: values };
}

/**
 * A picture in grey, of one channel or of three equal ones.
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.Grayscale.html
 */
export class Grayscale implements Transform {
  readonly numOutputChannels: 1 | 3;

  /** @throws RangeError for another number of channels */
  constructor(numOutputChannels: 1 | 3 = 1) {
    if (numOutputChannels !== 1 && numOutputChannels !== 3) {
      throw wrongValue("Grayscale", "numOutputChannels", numOutputChannels, "1 or 3");
    }
    this.numOutputChannels = numOutputChannels;
  }

  apply(image: Image): Picture {
    if (!isPicture(image)) {
      throw wrongType("Grayscale", "image", image, "a picture", "put it before new ToTensor()");
    }
    const single = grey(image);
    if (this.numOutputChannels === 1) return single;
    const data = new Uint8Array(single.data.length * 3);
    for (let i = 0; i < single.data.length; i++) data.fill(single.data[i], 3 * i, 3 * i + 3);
    return { ...single, channels: 3, data };
  }
}
