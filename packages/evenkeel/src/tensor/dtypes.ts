import { type DType, describe, dtypes, isValue, mismatch, refuse } from "../core/index.ts";
import type { Tensor } from "./tensor.ts";

/** The dtypes as values, beside their names: `zeros([2], { dtype: float64 })` is `zeros([2], { dtype: "float64" })`. */

/** Single precision, the default: 24 bits of precision. */
export const float32 = "float32";
/** Double precision: 53 bits. */
export const float64 = "float64";
/** Whole numbers from -2^31 to 2^31 - 1: classes, indices, counts. */
export const int32 = "int32";
/** True and false, a byte each: masks. */
export const bool = "bool";
/** PyTorch's other name of float32. */
export const float = float32;
/** PyTorch's other name of float64. */
export const double = float64;
/** PyTorch's other name of int32. */
export const int = int32;
/** int32: there is no int64 here. Indices and classes, for which PyTorch wants long, are int32. */
export const long = int32;

/** An argument of {@link Tensor.to}: a dtype, a tensor with that dtype, or the only device, "cpu". */
export type Destination = DType | "cpu" | Tensor | { readonly dtype?: DType; readonly device?: "cpu" };

/** The dtype that a conversion asks for; undefined if it names the device only. */
export function requestedDtype(target: Destination): DType | undefined {
  if (isValue(target)) return target.dtype;
  if (typeof target !== "object" || target === null) return dtypeUnlessDevice(target);
  if (target.device !== undefined && target.device !== "cpu") refuseDevice(target.device);
  return target.dtype === undefined ? undefined : dtypeUnlessDevice(target.dtype);
}

function dtypeUnlessDevice(word: DType | "cpu"): DType | undefined {
  if (dtypes.includes(word as DType)) return word as DType;
  if (typeof word === "string" && /^(cpu|cuda|gpu|mps|xla)(:\d+)?$/.test(word)) {
    return word === "cpu" ? undefined : refuseDevice(word);
  }
  throw mismatch("wrong-dtype", "", `there is no dtype ${describe(word)}`, `${dtypes.join(", ")}, or "cpu"`);
}

/** @throws RangeError always: the CPU is the only device */
export function refuseDevice(device: unknown): never {
  throw refuse(
    "wrong-value",
    "",
    `there is no device ${describe(device)}: evenkeel computes on the CPU`,
    'leave the call out, or say "cpu"',
  );
}
