import { mismatch, refuse, wrongType } from "./problem.ts";
import { formatShape, type Shape } from "./shape.ts";

/**
 * The element types of a tensor. There is no int64: indices are int32, counters float64 (exact to
 * 2^53).
 */
export type DType = "float32" | "float64" | "int32" | "bool";

/** How each dtype is stored; a bool is one byte, 0 or 1. */
export interface ArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  bool: Uint8Array;
}

export type TypedArray = ArrayOf[DType];

const constructors = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** Bool < int < float: promotion compares categories first, widths second. */
const category: Record<DType, number> = { bool: 0, int32: 1, float32: 2, float64: 2 };

export const dtypes = Object.keys(constructors) as readonly DType[];

/**
 * Zeros; only an error reads the shape.
 * @throws TypeError if there is no such dtype @throws RangeError if memory does not suffice
 */
export function allocate(dtype: DType, length: number, shape: Shape = [length]): TypedArray {
  const ArrayType = constructors[dtype];
  if (ArrayType === undefined) {
    throw mismatch("wrong-dtype", "", `there is no dtype ${JSON.stringify(dtype)}`, dtypes.join(", "));
  }
  try {
    return new ArrayType(length);
  } catch {
    throw refuse(
      "too-large",
      "",
      `a tensor of shape ${formatShape(shape)} and dtype ${dtype} takes ` +
        `${length * ArrayType.BYTES_PER_ELEMENT} bytes, for which there is no room: an array holds at ` +
        "most 2^32 values, fewer if memory is short",
      "work on parts of it",
    );
  }
}

/**
 * The dtype that a storage array belongs to; a Uint8Array holds bools. `tensor` maps the arrays of
 * users differently.
 */
export function dtypeOf(data: TypedArray): DType {
  return dtypes.find((dtype) => data instanceof constructors[dtype]) as DType;
}

export function isFloat(dtype: DType): boolean {
  return category[dtype] === 2;
}

/** A dtype and a rank, the inputs of promotion. */
interface Promotable {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

function wider(a: DType, b: DType): DType {
  if (category[a] !== category[b]) return category[a] > category[b] ? a : b;
  return a === "float64" || b === "float64" ? "float64" : a;
}

/**
 * The dtype of an operation over several tensors, as PyTorch promotes: the widest of the highest
 * category, where a 0-d tensor counts only if its category is higher than that of every tensor with
 * dimensions. https://pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
 */
export function promote(...values: readonly Promotable[]): DType {
  let dimensioned: DType | undefined;
  let scalar: DType | undefined;
  for (const { dtype, shape } of values) {
    if (shape.length > 0) dimensioned = dimensioned === undefined ? dtype : wider(dimensioned, dtype);
    else scalar = scalar === undefined ? dtype : wider(scalar, dtype);
  }
  if (dimensioned === undefined) return scalar ?? "float32";
  if (scalar === undefined) return dimensioned;
  return category[scalar] > category[dimensioned] ? scalar : dimensioned;
}

/**
 * The dtype of a plain number beside tensors of `dtype`: theirs, unless it cannot hold the number.
 */
export function numberDtype(value: number, dtype: DType): DType {
  if (isFloat(dtype)) return dtype;
  return Number.isInteger(value) ? "int32" : "float32";
}

/**
 * Checks a plain number before it is stored as `dtype`: a fraction is cut toward zero for int32,
 * but nothing wraps around.
 * @throws TypeError if it is not a number @throws RangeError if it is beyond int32
 */
export function checkStorable(caller: string, value: number, dtype: DType): void {
  if (typeof value !== "number") {
    throw wrongType(caller, "the value", value, "a number");
  }
  if (dtype === "int32" && !(value > -(2 ** 31) - 1 && value < 2 ** 31)) {
    throw mismatch(
      "wrong-value",
      caller,
      `${value} does not fit int32`,
      "-2^31 to 2^31 - 1",
      'use float64: { dtype: "float64" } or .double()',
    );
  }
}

/**
 * Whether a value of dtype `from` may be written into a tensor of dtype `to`: the category must not
 * fall.
 */
export function canCast(from: DType, to: DType): boolean {
  return category[from] <= category[to];
}
