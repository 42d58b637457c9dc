import type { Tensor } from "evenkeel";
import { checkValue, mismatch, wholeNumber, wrongType, wrongValue } from "evenkeel/problem";

/** A picture as it was read: bytes row by row, and in each row pixel by pixel, as in PIL. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: red, green and blue */
  readonly channels: 1 | 3;
  /** height x width x channels values from 0 to 255 */
  readonly data: Uint8Array;
}

/** The input of geometric transforms: a picture, or a tensor of shape [..., H, W]. */
export type Image = Picture | Tensor;

/**
 * Bytes as a picture.
 * @throws TypeError for anything but bytes
 * @throws RangeError if they are not height x width x channels
 */
export function pictureOf(data: Uint8Array, size: Omit<Picture, "data">): Picture {
  const { width, height, channels } = size;
  if (!(data instanceof Uint8Array)) {
    throw wrongType("pictureOf", "data", data, "a Uint8Array of values from 0 to 255");
  }
  for (const [name, value] of Object.entries({ width, height })) {
    checkValue("pictureOf", name, value, wholeNumber(1));
  }
  if (channels !== 1 && channels !== 3) {
    throw wrongValue("pictureOf", "channels", channels, "1 (grey) or 3 (red, green and blue)");
  }
  if (data.length !== width * height * channels) {
    throw mismatch(
      "wrong-shape",
      "pictureOf",
      `${data.length} bytes given`,
      `${width * height * channels}: height ${height} x width ${width} x ${channels} ` +
        `channel${channels === 1 ? "" : "s"}`,
    );
  }
  return { width, height, channels, data };
}

export function isPicture(value: unknown): value is Picture {
  const { width, height, data } = (value ?? {}) as Partial<Picture>;
  return typeof width === "number" && typeof height === "number" && data instanceof Uint8Array;
}

/**
 * A new picture of another size, of the bytes that `pixel` copies: (x, y) is where the first byte
 * of a pixel comes from.
 */
export function pick(picture: Picture, width: number, height: number, from: (x: number, y: number) => number): Picture {
  const { channels, data } = picture;
  const picked = new Uint8Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = from(x, y);
      for (let c = 0; c < channels; c++) picked[to++] = data[at + c];
    }
  }
  return { width, height, channels, data: picked };
}
