import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { TableReadError } from "../tables/readError.ts";

/** What an IDX file holds: numbers of one byte each, of this shape. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;
const gzip = [0x1f, 0x8b];

/**
 * Reads a file of the format in which MNIST and Fashion-MNIST come, compressed or not: two bytes of 0, the kind of numbers, how many
 * dimensions, each as a big-endian number of four bytes, then the numbers. https://yann.lecun.com/exdb/mnist/
 * @throws TableReadError if it is none, of another kind, or of another length than its shape says
 */
export function readIdx(path: string): IdxArray {
  const raw = readFileSync(path);
  const bytes = raw[0] === gzip[0] && raw[1] === gzip[1] ? gunzip(path, raw) : raw;
  const [first, second, kind, dimensions] = bytes;
  if (bytes.length < 4 || first !== 0 || second !== 0 || dimensions === 0 || bytes.length < 4 + 4 * dimensions) {
    throw new TableReadError(`${path} is no IDX file: it does not begin as one`);
  }
  if (kind !== unsignedByte) {
    throw new TableReadError(`${path} holds numbers of kind 0x${kind.toString(16)}; IDX files of bytes (0x8) are read`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const values = bytes.subarray(4 + 4 * dimensions);
  const expected = shape.reduce((product, length) => product * length, 1);
  if (values.length !== expected) {
    throw new TableReadError(
      `${path} holds ${values.length} bytes, and its shape [${shape}] takes ${expected}; is it whole?`,
    );
  }
  return { shape, values };
}

function gunzip(path: string, raw: Uint8Array): Buffer {
  try {
    return gunzipSync(raw);
  } catch (error) {
    throw new TableReadError(`${path} cannot be decompressed: ${(error as Error).message}`);
  }
}
