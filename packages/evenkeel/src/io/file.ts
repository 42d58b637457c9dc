import { type DType, mismatch, type NdArray, refuse, type Shape, wrongType } from "../core/index.ts";
import { type FileDType, fileOrder, isCounter } from "./fileDtypes.ts";
import { maxHeaderBytes, prefixBytes, readSafetensorsHeader } from "./header.ts";
import { checkName, checkText, quoted } from "./headerReader.ts";

/**
 * A safetensors file as bytes, without the class Tensor, which a bundle that only predicts does not
 * need.
 */

/** A tensor of a file. */
export interface RawTensor {
  readonly name: string;
  readonly dtype: FileDType;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

const natural: Readonly<Record<DType, FileDType>> = { float32: "F32", float64: "F64", int32: "I32", bool: "BOOL" };

/** An array to write; shares its memory. */
export function rawArray(name: string, { shape, dtype, data }: NdArray): RawTensor {
  if (dtype === "float64" && isCounter(name, shape) && Number.isSafeInteger(data[0]) && !Object.is(data[0], -0)) {
    return { name, dtype: "I64", shape, bytes: new Uint8Array(BigInt64Array.of(BigInt(data[0])).buffer) };
  }
  return { name, dtype: natural[dtype], shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** The tensors of a file, which share its memory. */
export function decodeFile(bytes: Uint8Array): { tensors: RawTensor[]; metadata: Record<string, string> } {
  const { tensors, metadata, fileBytes } = readSafetensorsHeader(bytes);
  if (bytes.length !== fileBytes) {
    throw mismatch(
      "damaged-file",
      "safetensors",
      `the file has ${bytes.length} bytes`,
      `${fileBytes} by its header`,
      bytes.length < fileBytes ? "is it complete?" : "something was added to it",
    );
  }
  return {
    tensors: Object.entries(tensors).map(
      ([
        name,
        {
          dtype,
          shape,
          bytes: [start, end],
        },
      ]) => ({
        name,
        dtype,
        shape,
        bytes: bytes.subarray(start, end),
      }),
    ),
    metadata,
  };
}

export function encodeFile(
  given: readonly RawTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  for (const { name } of given) {
    checkName("the tensor name", name, "wrong-value");
    if (name === "__metadata__")
      throw refuse("wrong-value", "safetensors", 'no tensor can be called "__metadata__"', "rename it");
  }
  const tensors = [...given].sort(
    (a, b) => fileOrder.indexOf(a.dtype) - fileOrder.indexOf(b.dtype) || compareCodePoints(a.name, b.name),
  );
  let offset = 0;
  const entries = tensors.map(({ name, dtype, shape, bytes }) => {
    const start = offset;
    offset += bytes.length;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, offset] })}`;
  });
  const words = metadataJson(metadata);
  const json = new TextEncoder().encode(`{${[...words, ...entries].join(",")}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > maxHeaderBytes) {
    throw refuse(
      "too-large",
      "safetensors",
      `names and metadata take ${headerBytes} bytes, more than the ${maxHeaderBytes} that are allowed`,
    );
  }
  const file = newFile(prefixBytes + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, prefixBytes, prefixBytes + headerBytes);
  file.set(json, prefixBytes);
  let at = prefixBytes + headerBytes;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/**
 * The metadata member of the header, or nothing if it is empty. Sorted, so that equal metadata
 * gives equal bytes.
 */
function metadataJson(metadata: unknown): string[] {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw wrongType("safetensors", "metadata", metadata, "an object of strings");
  }
  const words = Object.entries(metadata as Record<string, unknown>).map(([key, value]) => {
    checkName("the key of metadata", key, "wrong-value");
    if (typeof value !== "string") {
      throw wrongType("safetensors", `metadata ${JSON.stringify(key)}`, value, "a string", "use JSON.stringify");
    }
    checkText(`metadata ${quoted(key)}`, value, "wrong-value");
    return [key, `${JSON.stringify(key)}:${JSON.stringify(value)}`];
  });
  if (words.length === 0) return [];
  words.sort(([a], [b]) => compareCodePoints(a, b));
  return [`"__metadata__":{${words.map(([, json]) => json).join(",")}}`];
}

function newFile(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    throw refuse(
      "too-large",
      "safetensors",
      `there is no room for a file of ${length} bytes`,
      "save the tensors in parts",
    );
  }
}

/** The order of UTF-8 bytes, in which the format's own writers sort. */
function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  // Within a pair whose first halves agree, the second halves order alike; else the pair or
  // character begins here.
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}
