import type { Shape } from "../core/index.ts";
import { mismatch, refuse, wrongType } from "../core/index.ts";
import { bytesPerElement, type FileDType, fileDtypes, isFileDType } from "./fileDtypes.ts";
import { type HeaderEntry, quoted, readHeader } from "./headerReader.ts";

/** The limit of the format's own readers. */
export const maxHeaderBytes = 100_000_000;
/** The length of the header precedes it, as a 64-bit number. */
export const prefixBytes = 8;

/** One tensor of a file. */
export interface TensorInfo {
  /** As in the file: F32, I64, BF16 … */
  readonly dtype: FileDType;
  readonly shape: Shape;
  /** First byte of its values in the file, and the byte after its last one. */
  readonly bytes: readonly [start: number, end: number];
}

export interface SafetensorsHeader {
  readonly tensors: Record<string, TensorInfo>;
  readonly metadata: Record<string, string>;
  /** The length of the whole file. */
  readonly fileBytes: number;
}

/**
 * Names, dtypes, shapes and metadata of a safetensors file, without its values: the first bytes of
 * the file are enough, up to the end of its header. Everything is checked except that the file is
 * as long as the header says. https://huggingface.co/docs/safetensors/index#format
 * @throws TypeError if `bytes` is no Uint8Array
 * @throws RangeError saying what is wrong with the header
 */
export function readSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  if (!(bytes instanceof Uint8Array)) {
    throw wrongType("safetensors", "the file", bytes, "its bytes, a Uint8Array");
  }
  const text = headerText(bytes);
  const dataStart = prefixBytes + text.bytes;
  const { entries, metadata } = readHeader(text.header);
  const tensors = [...entries].map(([name, entry]): [string, TensorInfo] => [name, infoOf(name, entry, dataStart)]);
  return {
    tensors: Object.fromEntries(tensors),
    metadata: Object.fromEntries(metadata),
    fileBytes: checkLayout(tensors, dataStart),
  };
}

function headerText(bytes: Uint8Array): { header: string; bytes: number } {
  if (bytes.length < prefixBytes) {
    throw mismatch(
      "damaged-file",
      "safetensors",
      `the file has ${bytes.length} bytes`,
      `at least ${prefixBytes}`,
      "is it complete?",
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const rest = bytes.length - prefixBytes;
  if (length > maxHeaderBytes) {
    throw refuse(
      "damaged-file",
      "safetensors",
      `the header is said to have ${length} bytes, more than the ${maxHeaderBytes} that are allowed`,
      "is it a safetensors file?",
    );
  }
  if (length > rest) {
    throw refuse(
      "damaged-file",
      "safetensors",
      `the header is said to have ${length} bytes, but only ${rest} follow`,
      "is the file complete?",
    );
  }
  const own = bytes.subarray(prefixBytes, prefixBytes + Number(length));
  try {
    return { header: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(own), bytes: own.length };
  } catch {
    throw refuse("damaged-file", "safetensors", "the header is no valid UTF-8", "is it a safetensors file?");
  }
}

function infoOf(name: string, { dtype, shape, offsets }: HeaderEntry, dataStart: number): TensorInfo {
  if (!isFileDType(dtype)) {
    throw refuse(
      "wrong-value",
      "safetensors",
      `${quoted(name)} has the dtype ${quoted(dtype)}, which is not supported`,
      `convert it to one of ${fileDtypes.join(", ")}`,
    );
  }
  const [start, end] = offsets;
  const size = byteLength(shape, bytesPerElement(dtype));
  const given = `safetensors: ${quoted(name)}, ${dtype} of shape [${shape.join(", ")}],`;
  if (size === undefined) throw refuse("damaged-file", "", `${given} would have more than 2^53 bytes`);
  if (end - start !== size) {
    throw mismatch(
      "damaged-file",
      "",
      `${given} has the data_offsets [${start}, ${end}]`,
      `${size} bytes between them`,
    );
  }
  return { dtype, shape, bytes: [dataStart + start, dataStart + end] };
}

/** Undefined beyond 2^53, also if a size of 0 hides it: such sizes are a mistake or an attack. */
function byteLength(shape: Shape, width: number): number | undefined {
  let size = width;
  for (const n of shape) {
    if (n > 0) size *= n;
    if (!Number.isSafeInteger(size)) return undefined;
  }
  return shape.includes(0) ? 0 : size;
}

/**
 * Returns where the data ends.
 * @throws RangeError unless the tensors follow one another without gaps or overlaps
 */
function checkLayout(tensors: readonly [string, TensorInfo][], dataStart: number): number {
  const sorted = [...tensors].sort(([, a], [, b]) => a.bytes[0] - b.bytes[0] || a.bytes[1] - b.bytes[1]);
  let end = dataStart;
  for (const [name, { bytes }] of sorted) {
    if (bytes[0] !== end) {
      const problem = bytes[0] < end ? "overlaps the tensor before it" : "leaves a hole before it";
      throw refuse(
        "damaged-file",
        "safetensors",
        `${quoted(name)} begins at byte ${bytes[0] - dataStart} of the data and ${problem}, which ends ` +
          `at ${end - dataStart}`,
      );
    }
    end = bytes[1];
  }
  if (!Number.isSafeInteger(end))
    throw refuse("damaged-file", "safetensors", "the file would have more than 2^53 bytes");
  return end;
}
