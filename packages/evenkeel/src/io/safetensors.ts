import { checkOptions, wrongType } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";
import { Storage } from "../tensor/storage.ts";
import { decodeFile, encodeFile, type RawTensor, rawArray } from "./file.ts";
import { decodeValues } from "./fileDtypes.ts";

export interface SaveOptions {
  /** Text metadata. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface LoadedTensors {
  /** In the order of the header. */
  readonly tensors: Record<string, Tensor>;
  readonly metadata: Record<string, string>;
}

/**
 * The bytes of a safetensors file, which PyTorch reads with `safetensors.torch.load_file`:
 * `saveSafetensors(model.stateDict())`. The same tensors give the same bytes, in any order, those
 * of the reference implementation. Counters called `num_batches_tracked` are written as int64, as
 * PyTorch has them. https://huggingface.co/docs/safetensors/index#format
 * @throws TypeError if a value is not a tensor, metadata is not a string, or an option is unknown
 * @throws RangeError for a name that the format or JavaScript cannot keep, or if there is no room
 */
export function saveSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  options: SaveOptions = {},
): Uint8Array<ArrayBuffer> {
  checkOptions("saveSafetensors", options, ["metadata"]);
  if (typeof tensors !== "object" || tensors === null || Array.isArray(tensors) || tensors instanceof Tensor) {
    throw wrongType("saveSafetensors", "tensors", tensors, "an object of tensors by name, as stateDict() gives");
  }
  return encodeFile(
    Object.entries(tensors).map(([name, value]) => rawTensor(name, value)),
    options.metadata ?? {},
  );
}

/**
 * Reads a safetensors file. Untrusted files are safe to read: all sizes and places are checked
 * before memory is taken, which is at most four times the file's length. F16 and BF16 become
 * float32; integers become int32 and must fit it, except `num_batches_tracked`, which becomes
 * float64.
 * @throws TypeError if `bytes` is no Uint8Array
 * @throws RangeError saying what is wrong with the file
 */
export function loadSafetensors(bytes: Uint8Array): LoadedTensors {
  const { tensors, metadata } = decodeFile(bytes);
  return {
    tensors: Object.fromEntries(tensors.map((raw): [string, Tensor] => [raw.name, toTensor(raw)])),
    metadata,
  };
}

/** A tensor to write; shares its memory. */
export function rawTensor(name: string, value: unknown): RawTensor {
  if (!(value instanceof Tensor)) {
    throw wrongType("saveSafetensors", JSON.stringify(name), value, "a Tensor");
  }
  return rawArray(name, value);
}

/** The tensor in memory of its own. */
export function toTensor({ name, dtype: file, shape, bytes }: RawTensor): Tensor {
  const { dtype, data } = decodeValues(name, file, shape, bytes);
  return new Tensor(new Storage(data), shape, dtype);
}
