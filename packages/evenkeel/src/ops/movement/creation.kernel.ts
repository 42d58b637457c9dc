import { type DType, type Shape, sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import { copyArray, fillArray } from "../../wasm/copy.ts";
import { f32x4, f64x2, i32x4, type Kernel, type V128 } from "../../wasm/index.ts";
import type { LiteralAttrs } from "./creation.ts";

interface FillAttrs {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly value: number;
}

function repeated({ dtype, value }: FillAttrs): V128 {
  if (dtype === "float32") return f32x4.const(value);
  if (dtype === "float64") return f64x2.const(value);
  return i32x4.const(dtype === "int32" ? value : value !== 0 ? 0x01010101 : 0);
}

export const fillKernel: Kernel<FillAttrs> = {
  kind: "kernel",
  emit: ({ f, outputs: [y], attrs }) => {
    const bytes = sizeOf(y.shape) * widthOf(y.dtype);
    if (bytes > 0) fillArray(f, y.address, bytes, f.let(repeated(attrs)));
  },
};

export const literalKernel: Kernel<LiteralAttrs> = {
  kind: "kernel",
  emit: ({ f, outputs: [y], attrs: { block }, resident }) => {
    const bytes = sizeOf(y.shape) * widthOf(y.dtype);
    if (bytes > 0) copyArray(f, y.address, resident(block), bytes);
  },
};
