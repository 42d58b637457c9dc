import { allocate, type DType, mismatch, refuse, type Shape, sizeOf, type TypedArray } from "../core/index.ts";

/** The element types of the format that the library reads. */
export type FileDType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "U64"
  | "I32"
  | "U32"
  | "I16"
  | "U16"
  | "I8"
  | "U8"
  | "BOOL";

interface Element {
  readonly bytes: number;
  /** The dtype here. */
  readonly dtype: DType;
  /** Reads one value; absent where the library stores the same bits. */
  readonly read?: (view: DataView, offset: number) => number | bigint;
}

const elements: Readonly<Record<FileDType, Element>> = {
  F64: { bytes: 8, dtype: "float64" },
  F32: { bytes: 4, dtype: "float32" },
  F16: { bytes: 2, dtype: "float32", read: (view, at) => half(view.getUint16(at, true)) },
  BF16: { bytes: 2, dtype: "float32", read: (view, at) => brainFloat(view.getUint16(at, true)) },
  I64: { bytes: 8, dtype: "int32", read: (view, at) => view.getBigInt64(at, true) },
  U64: { bytes: 8, dtype: "int32", read: (view, at) => view.getBigUint64(at, true) },
  I32: { bytes: 4, dtype: "int32" },
  U32: { bytes: 4, dtype: "int32", read: (view, at) => view.getUint32(at, true) },
  I16: { bytes: 2, dtype: "int32", read: (view, at) => view.getInt16(at, true) },
  U16: { bytes: 2, dtype: "int32", read: (view, at) => view.getUint16(at, true) },
  I8: { bytes: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, dtype: "int32", read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, dtype: "bool" },
};

export const fileDtypes = Object.keys(elements) as readonly FileDType[];

/** The order of tensors in a file: the widest first, so that all of them are aligned. */
export const fileOrder: readonly FileDType[] = ["I64", "F64", "F32", "I32", "U8", "BOOL"];

export const bytesPerElement = (dtype: FileDType): number => elements[dtype].bytes;

export function isFileDType(name: string): name is FileDType {
  return Object.hasOwn(elements, name);
}

/** PyTorch keeps these counters as int64, the library as float64, which is exact to 2^53. */
export function isCounter(name: string, shape: Shape): boolean {
  return shape.length === 0 && /(^|\.)num_batches_tracked$/.test(name);
}

/**
 * The values of one tensor of a file, in memory of their own.
 * @throws RangeError for integers beyond int32 (counters: 2^53), and for a BOOL that is neither 0 nor 1
 */
export function decodeValues(
  name: string,
  file: FileDType,
  shape: Shape,
  bytes: Uint8Array,
): { dtype: DType; data: TypedArray } {
  const { bytes: width, dtype: usual, read } = elements[file];
  const dtype = usual === "int32" && isCounter(name, shape) ? "float64" : usual;
  if (file === "BOOL") checkFlags(name, bytes);
  const data = allocate(dtype, sizeOf(shape), shape);
  if (read === undefined && dtype === usual) {
    new Uint8Array(data.buffer).set(bytes);
    return { dtype, data };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readOne = read ?? ((from: DataView, at: number) => from.getInt32(at, true));
  for (let i = 0; i < data.length; i++) {
    const value = readOne(view, i * width);
    data[i] = Number(value);
    const kept = dtype === "float64" ? Number.isSafeInteger(data[i]) : dtype !== "int32" || data[i] === Number(value);
    if (!kept) throw unfit(name, file, value, i, dtype);
  }
  return { dtype, data };
}

function unfit(name: string, file: FileDType, value: number | bigint, index: number, dtype: DType): Error {
  const limit = dtype === "float64" ? "2^53" : "int32, the integer type of the library";
  return refuse(
    "wrong-value",
    "safetensors",
    `value ${index} of ${JSON.stringify(name)} (${file}) is ${value}, which does not fit ${limit}`,
    "save the tensor as F64",
  );
}

function checkFlags(name: string, bytes: Uint8Array): void {
  const bad = bytes.findIndex((byte) => byte > 1);
  if (bad < 0) return;
  throw mismatch(
    "damaged-file",
    "safetensors",
    `value ${bad} of ${JSON.stringify(name)} (BOOL) is the byte ${bytes[bad]}`,
    "0 or 1",
  );
}

/** IEEE binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

const float = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function brainFloat(bits: number): number {
  float.setUint32(0, bits * 0x10000);
  return float.getFloat32(0);
}
