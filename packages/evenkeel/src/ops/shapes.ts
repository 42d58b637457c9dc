import {
  broadcastShapes,
  type DType,
  formatShape,
  isFloat,
  promote,
  refuse,
  type Shape,
  type Spec,
  sameShape,
  wrongDtype,
  wrongShape,
} from "../core/index.ts";

/** Shape rules shared by several rows. */

export const sameAsInput = ([x]: readonly Spec[]): Spec[] => [{ shape: x.shape, dtype: x.dtype }];

/** Same shape; integers and bools become float32, as functions like exp do in PyTorch. */
export const floatOfInput = ([x]: readonly Spec[]): Spec[] => [
  { shape: x.shape, dtype: isFloat(x.dtype) ? x.dtype : "float32" },
];

export const boolOfInput = ([x]: readonly Spec[]): Spec[] => [{ shape: x.shape, dtype: "bool" }];

/** Arithmetic of two operands: broadcast and promoted. */
export const broadcastPromoted = ([a, b]: readonly Spec[]): Spec[] => [
  { shape: broadcastShapes(a.shape, b.shape), dtype: promote(a, b) },
];

/** As {@link broadcastPromoted}, but integers divide to float32. */
export const broadcastFloat = ([a, b]: readonly Spec[]): Spec[] => {
  const dtype = promote(a, b);
  return [{ shape: broadcastShapes(a.shape, b.shape), dtype: isFloat(dtype) ? dtype : "float32" }];
};

export const broadcastBool = ([a, b]: readonly Spec[]): Spec[] => [
  { shape: broadcastShapes(a.shape, b.shape), dtype: "bool" },
];

/** Throws unless `x` has one of the dtypes. */
export function requireDtype(op: string, what: string, x: Spec, dtypes: readonly DType[], cure: string): void {
  if (!dtypes.includes(x.dtype)) {
    throw wrongDtype(op, what, x.dtype, dtypes.join(" or "), cure);
  }
}

export function requireFloat(op: string, what: string, x: Spec): void {
  requireDtype(op, what, x, ["float32", "float64"], "convert it with .float()");
}

/** Operands that are not elementwise (matmul, layers) must agree in dtype, as in PyTorch. */
export function requireSameDtype(op: string, a: Spec, nameA: string, b: Spec, nameB: string): void {
  if (a.dtype !== b.dtype) {
    throw refuse(
      "wrong-dtype",
      op,
      `${nameA} is ${a.dtype} but ${nameB} is ${b.dtype}`,
      `convert one of them, for instance with .to("${a.dtype}")`,
    );
  }
}

export function requireShape(op: string, what: string, x: Spec, shape: Shape): void {
  if (!sameShape(x.shape, shape)) {
    throw wrongShape(op, what, x.shape, formatShape(shape));
  }
}

/** The rule of a function that is defined for floats only. */
export function floatOnly(name: string) {
  return (inputs: readonly Spec[]) => {
    requireFloat(name, "input", inputs[0]);
    return sameAsInput(inputs);
  };
}
