/** The side of a digit's picture, and its pixels, row by row. */
export const side = 14;
export const pixels = side * side;
/** A pixel is a whole number from 0, the paper, to this, the ink. */
export const brightest = 15;
export const classCount = 10;

/**
 * The pixels of all digits, one after the other, out of what scripts/digits.ts made: two pixels in a
 * byte, the first in its upper half. Picture i shows the digit i % 10.
 */
export async function unpackDigits(packed: string): Promise<Uint8Array> {
  const [pixelLine] = packed.split("\n", 1);
  const deflated = Uint8Array.from(atob(pixelLine), (sign) => sign.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const levels = new Uint8Array(2 * bytes.length);
  for (const [i, byte] of bytes.entries()) {
    levels[2 * i] = byte >> 4;
    levels[2 * i + 1] = byte & 15;
  }
  return levels;
}
