import { allocate, checkStorable, type DType, isFloat, refuse, type TypedArray } from "../../core/index.ts";

/** Converts typed arrays for `tensor`: to the dtype that holds their kind of values. */

/** A typed array of any kind. */
export type AnyTypedArray = (ArrayLike<number> | ArrayLike<bigint>) & ArrayBufferView;

/**
 * By the name of the kind, which also covers subclasses (Node's Buffer) and arrays of other realms.
 */
const dtypes: ReadonlyMap<string, DType> = new Map([
  ["Float16Array", "float32"],
  ["Float32Array", "float32"],
  ["Float64Array", "float64"],
  ["Int8Array", "int32"],
  ["Uint8Array", "int32"],
  ["Uint8ClampedArray", "int32"],
  ["Int16Array", "int32"],
  ["Uint16Array", "int32"],
  ["Int32Array", "int32"],
  ["Uint32Array", "int32"],
  ["BigInt64Array", "int32"],
  ["BigUint64Array", "int32"],
]);

/** Kinds of integers that always fit int32. */
const within32 = ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array"];

export function isTypedArray(value: unknown): value is AnyTypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * A copy of the values, stored as `dtype`. Without a dtype, floats stay floats and integers become
 * int32, those of a Uint8Array too.
 * @throws RangeError for a value that int32 does not hold, and for a bigint beyond 2^53 in float64
 */
export function storedFrom(values: AnyTypedArray, dtype?: DType): { readonly dtype: DType; readonly data: TypedArray } {
  const kind = Object.prototype.toString.call(values).slice("[object ".length, -1);
  const chosen = dtype ?? dtypes.get(kind) ?? "float32";
  const data = allocate(chosen, values.length);
  const isBig = kind.startsWith("Big");
  if (!isBig && (isFloat(chosen) || (chosen === "int32" && within32.includes(kind)))) {
    data.set(values as ArrayLike<number>);
    return { dtype: chosen, data };
  }
  for (let i = 0; i < data.length; i++) {
    const value = Number(values[i]);
    checkStorable("tensor", value, chosen);
    if (isBig && chosen === "float64" && !Number.isSafeInteger(value)) {
      throw refuse(
        "wrong-value",
        "tensor",
        `element ${i} of the ${kind} is ${values[i]}, beyond the 2^53 to which float64 is exact`,
        'no dtype holds it; give { dtype: "float32" } to have it rounded',
      );
    }
    data[i] = chosen === "bool" ? Number(value !== 0) : value;
  }
  return { dtype: chosen, data };
}
