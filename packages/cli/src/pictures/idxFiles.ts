import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pictureOf, readIdxArray, transforms } from "@evenkeel/vision";
import { unreadable } from "../tables/readError.ts";
import type { PictureSet, PictureSetOptions } from "./pictureSet.ts";

const imageFile = /images[-.]idx3-ubyte(\.gz)?$/;

/**
 * The file with the pictures: this one, or the one of a folder, for training where there is a
 * choice.
 */
export function imagesFileOf(path: string, isFolder: boolean): string | undefined {
  if (!isFolder) return imageFile.test(path) ? path : undefined;
  const names = readdirSync(path).filter((name) => imageFile.test(name));
  names.sort();
  const chosen = names.find((name) => name.startsWith("train")) ?? names[0];
  return chosen && join(path, chosen);
}

/**
 * Reads a pair of IDX files, as MNIST and Fashion-MNIST come.
 * @throws TableReadError if the classes are missing, or the two do not belong together
 * @throws Error if one is damaged
 */
export async function readIdxFiles(images: string, options: PictureSetOptions): Promise<PictureSet> {
  const { choose, size, rgb = false, onProgress } = options;
  if (rgb) throw unreadable("conflict", `the pictures of ${images} are grey`, "leave --rgb out");
  const labels = labelsBeside(images);
  const [{ shape, data }, classes] = await Promise.all([readIdxArray(images), readIdxArray(labels)]);
  const [count, height, width] = shape;
  if (shape.length !== 3 || classes.shape.length !== 1 || classes.shape[0] !== count) {
    throw unreadable(
      "wrong-value",
      `${images} has shape [${shape}] and ${labels} [${classes.shape}]`,
      "expected [pictures, height, width] and [pictures]",
    );
  }
  const [pixels, values] = [bytesOf(images, data), bytesOf(labels, classes.data)];
  const names = [...new Set(values)].sort((a, b) => a - b);
  const resize = size && new transforms.Resize(size);
  const area = height * width;
  const chosen = choose(count);
  const pictures = Array.from(chosen, (row) => {
    const picture = pictureOf(pixels.subarray(row * area, (row + 1) * area), { width, height, channels: 1 });
    return resize ? resize.apply(picture) : picture;
  });
  onProgress?.(pictures.length);
  const targets = chosen.map((row) => names.indexOf(values[row]));
  return { pictures, targets, classes: names.map(String), count };
}

function bytesOf(path: string, data: ArrayLike<number>): Uint8Array {
  if (data instanceof Uint8Array) return data;
  throw unreadable("damaged-file", `${path} holds numbers of another kind`, "IDX files of bytes are read");
}

function labelsBeside(images: string): string {
  const stem = images.replace(imageFile, "");
  const names = ["labels-idx1-ubyte", "labels.idx1-ubyte"].flatMap((name) => [`${stem}${name}`, `${stem}${name}.gz`]);
  const found = names.find((name) => existsSync(name));
  if (found !== undefined) return found;
  throw unreadable("wrong-value", `beside ${images} there is no ${basename(names[0])} with the classes`);
}
