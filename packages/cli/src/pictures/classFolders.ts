import { ImageFolder, transforms } from "@evenkeel/vision";
import type { PictureSet, PictureSetOptions } from "./pictureSet.ts";

const usualSize = [28, 28] as const;

/**
 * Reads a folder with a folder of pictures (PNG, JPEG and others) for each class. Only those that
 * are chosen are decoded.
 * @throws Error if a class has no pictures, or one cannot be read
 */
export async function readClassFolders(path: string, options: PictureSetOptions): Promise<PictureSet> {
  const { choose, size = usualSize, rgb = false, onProgress } = options;
  let all = 0;
  const folder = await ImageFolder.open(path, {
    mode: rgb ? "RGB" : "L",
    prepare: new transforms.Resize(size),
    choose: (count) => {
      all = count;
      return choose(count);
    },
    onProgress,
  });
  return { pictures: folder.pictures, targets: folder.targets, classes: folder.classes, count: all };
}
