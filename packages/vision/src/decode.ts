import { readFile } from "node:fs/promises";
import { because, checkOptions, refuse, wrongValue } from "evenkeel/problem";
import sharp from "sharp";
import type { Picture } from "./picture.ts";
import { grey } from "./transforms/grayscale.ts";

export interface DecodeOptions {
  /**
   * "RGB" (three channels, as torchvision reads pictures) or "L" (grey by luma, ITU-R 601-2).
   * Default "RGB".
   */
  readonly mode?: "RGB" | "L" | undefined;
}

/**
 * Decodes PNG, JPEG, WebP, GIF (its first frame) or TIFF. The decoders are those of libvips,
 * through the package sharp: the bytes of 8-bit files are PIL's. Transparency is dropped, and
 * neither the color profile of a file nor the orientation that a camera noted is applied, as in
 * torchvision. Files of 16 bits keep the upper eight, where PIL makes white of nearly all shades of
 * grey.
 * @throws Error if the bytes are no such picture, or are damaged
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  checkOptions("decodePicture", options, ["mode"]);
  const { mode = "RGB" } = options;
  if (mode !== "RGB" && mode !== "L") {
    throw wrongValue("decodePicture", "mode", mode, '"RGB" or "L"');
  }
  const { data, info } = await decode(bytes);
  const { width, height, channels } = info;
  const values = channels === 1 ? threefold(data) : channels === 4 ? fromInks(data) : data;
  const picture: Picture = { width, height, channels: 3, data: values };
  return mode === "L" ? grey(picture) : picture;
}

/** The bytes of the file, of one channel, of three, or of the four inks of a printer. */
async function decode(bytes: Uint8Array) {
  const file = sharp(bytes, { failOn: "error", ignoreIcc: true });
  const isInks = (await file.metadata()).space === "cmyk";
  const made = isInks
    ? file.pipelineColourspace("cmyk").toColourspace("cmyk")
    : file.removeAlpha().toColourspace("srgb");
  const { data, info } = await made.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), info };
}

/**
 * Reads a picture from a file: see {@link decodePicture}.
 * @throws Error if there is no such file, or it holds no picture; the message names it
 */
export async function readPicture(path: string, options?: DecodeOptions): Promise<Picture> {
  try {
    return await decodePicture(await readFile(path), options);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw because(refuse("unreadable", "readPicture", `${path} cannot be read as a picture: ${why}`), error);
  }
}

/** Cyan, magenta, yellow and black to red, green and blue, as PIL makes and rounds them. */
function fromInks(inks: Uint8Array): Uint8Array {
  const values = new Uint8Array((inks.length / 4) * 3);
  for (let i = 0; i < values.length; i++) {
    const pixel = 4 * Math.floor(i / 3);
    const white = 255 - inks[pixel + 3];
    const product = inks[pixel + (i % 3)] * white + 128;
    values[i] = Math.max(0, white - (((product >> 8) + product) >> 8));
  }
  return values;
}

function threefold(data: Uint8Array): Uint8Array {
  const values = new Uint8Array(data.length * 3);
  for (let i = 0; i < data.length; i++) values.fill(data[i], i * 3, i * 3 + 3);
  return values;
}
