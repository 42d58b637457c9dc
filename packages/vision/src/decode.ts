import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { checkOptions, describe } from "./checks.ts";
import type { Picture } from "./picture.ts";
import { grey } from "./transforms/grayscale.ts";

export interface DecodeOptions {
  /** "RGB" (three channels, as torchvision reads pictures) or "L" (grey by luma, ITU-R 601-2). Default "RGB". */
  readonly mode?: "RGB" | "L";
}

/**
 * Decodes PNG, JPEG, WebP, GIF (its first frame) or TIFF. The decoders are those of libvips, through the package sharp: the bytes of
 * 8-bit files are PIL's. Transparency is dropped and the orientation that a camera noted is not applied, as in torchvision.
 * @throws Error if the bytes are no such picture, or are damaged
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  checkOptions("decodePicture", options, ["mode"]);
  const { mode = "RGB" } = options;
  if (mode !== "RGB" && mode !== "L") {
    throw new RangeError(`decodePicture: mode is ${describe(mode)}, expected "RGB" or "L"`);
  }
  const { data, info } = await sharp(bytes, { failOn: "error" })
    .removeAlpha()
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const values = info.channels === 1 ? threefold(data) : new Uint8Array(data.buffer, data.byteOffset, data.length);
  const picture: Picture = { width, height, channels: 3, data: values };
  return mode === "L" ? grey(picture) : picture;
}

/**
 * Reads a picture from a file: see {@link decodePicture}.
 * @throws Error if there is no such file, or it holds no picture; the message names it
 */
export async function readPicture(path: string, options?: DecodeOptions): Promise<Picture> {
  const bytes = await readFile(path);
  try {
    return await decodePicture(bytes, options);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`readPicture: ${path} cannot be read as a picture: ${why}`, { cause: error });
  }
}

function threefold(data: Uint8Array): Uint8Array {
  const values = new Uint8Array(data.length * 3);
  for (let i = 0; i < data.length; i++) values.fill(data[i], i * 3, i * 3 + 3);
  return values;
}
