import type { Spec } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { channelKernels } from "./normalize.channelKernels.ts";
import { doubleKernels } from "./normalize.doubles.ts";
import { batchNormMatrix, batchNormReluMatrix } from "./normalize.matrix.ts";
import type { BatchNormAttrs } from "./normalize.ts";
import { batchNormBackwardMatrix, batchNormReluBackwardMatrix } from "./normalizeBackward.matrix.ts";
import { batchNormEvalMatrix } from "./normalizeEval.matrix.ts";

/** Kernels of normalize.ts: one for matrices, one for more dimensions, and one for float64. */

function byLayout(row: keyof typeof channelKernels, matrix: Kernel<BatchNormAttrs>): Kernel<BatchNormAttrs> {
  const of = ([{ shape, dtype }]: readonly Spec[]) =>
    dtype === "float64" ? doubleKernels[row] : shape.length === 2 ? matrix : channelKernels[row];
  return {
    kind: "kernel",
    declines: (inputs, outputs, attrs) => of(inputs).declines?.(inputs, outputs, attrs),
    scratch: (inputs, outputs, attrs, divides) => of(inputs).scratch?.(inputs, outputs, attrs, divides) ?? 0,
    emit: (call) => of(call.inputs).emit(call),
  };
}

export const batchNormKernel = byLayout("batchNorm", batchNormMatrix);
export const batchNormBackwardKernel = byLayout("batchNormBackward", batchNormBackwardMatrix);
export const batchNormEvalKernel = byLayout("batchNormEval", batchNormEvalMatrix);
export const batchNormReluKernel = byLayout("batchNormRelu", batchNormReluMatrix);
export const batchNormReluBackwardKernel = byLayout("batchNormReluBackward", batchNormReluBackwardMatrix);
