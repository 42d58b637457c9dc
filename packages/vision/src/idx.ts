import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type DType, type Tensor, tensor } from "evenkeel";
import { because, mismatch, refuse, wrongType } from "evenkeel/problem";

/** The array of an IDX file, in the format's own kind of number. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** By the third byte of the file. Numbers are big-endian. */
const kinds = {
  8: { width: 1, make: (n: number) => new Uint8Array(n), read: (view: DataView, at: number) => view.getUint8(at) },
  9: { width: 1, make: (n: number) => new Int8Array(n), read: (view: DataView, at: number) => view.getInt8(at) },
  11: { width: 2, make: (n: number) => new Int16Array(n), read: (view: DataView, at: number) => view.getInt16(at) },
  12: { width: 4, make: (n: number) => new Int32Array(n), read: (view: DataView, at: number) => view.getInt32(at) },
  13: { width: 4, make: (n: number) => new Float32Array(n), read: (view: DataView, at: number) => view.getFloat32(at) },
  14: { width: 8, make: (n: number) => new Float64Array(n), read: (view: DataView, at: number) => view.getFloat64(at) },
} as const;

/**
 * Reads the bytes of an IDX file, the format of MNIST: http://yann.lecun.com/exdb/mnist/
 * @throws Error if the bytes are no IDX file, or too few or too many
 */
export function parseIdx(bytes: Uint8Array, name = "the file"): IdxArray {
  if (!(bytes instanceof Uint8Array)) throw wrongType("parseIdx", "bytes", bytes, "a Uint8Array");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = bytes.length < 4 || view.getUint16(0) !== 0 ? undefined : kinds[bytes[2] as keyof typeof kinds];
  if (kind === undefined) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw mismatch(
      "damaged-file",
      "parseIdx",
      `${name} is no IDX file: it starts with "${start}"`,
      "00 00, a type and a number of dimensions",
    );
  }
  const dimensions = bytes[3];
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) {
    throw refuse(
      "damaged-file",
      "parseIdx",
      `${name} ends after ${bytes.length} bytes, within its ${dimensions} sizes`,
    );
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, n) => product * n, 1);
  const expected = start + size * kind.width;
  if (bytes.length !== expected) {
    throw mismatch(
      "damaged-file",
      "parseIdx",
      `${name} has ${bytes.length} bytes`,
      `${expected} for shape [${shape.join(", ")}]`,
      "it was cut off, or is damaged",
    );
  }
  const data = kind.make(size);
  if (data instanceof Uint8Array) data.set(bytes.subarray(start));
  else for (let i = 0; i < size; i++) data[i] = kind.read(view, start + i * kind.width);
  return { shape, data };
}

/**
 * Reads an IDX file, packed by gzip or not, as a tensor: int32 for the integer kinds, float32 and
 * float64 for the others.
 * @throws Error if there is no such file, or it is no IDX file; the message names it
 */
export async function readIdx(path: string): Promise<Tensor> {
  const { shape, data } = await readIdxArray(path);
  const dtype: DType = data instanceof Float64Array ? "float64" : data instanceof Float32Array ? "float32" : "int32";
  return tensor(dtype === "int32" ? Int32Array.from(data) : data, { shape, dtype });
}

/**
 * The same as an array in the kind of number that the file has: bytes take a quarter of the memory.
 * @throws Error if there is no such file, or it is no IDX file; the message names it
 */
export async function readIdxArray(path: string): Promise<IdxArray> {
  const bytes = await readFile(path);
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseIdx(packed ? await unpack(path, bytes) : bytes, path);
}

/** What a packed file may unpack to: 100 times its size, and 64 MB in any case. MNIST has 5 times. */
const [mostRatio, leastLimit] = [100, 64 << 20];

async function unpack(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: Math.max(leastLimit, mostRatio * bytes.length) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw because(refuse("damaged-file", "readIdx", `${path} cannot be unpacked: ${why}`), error);
  }
}
