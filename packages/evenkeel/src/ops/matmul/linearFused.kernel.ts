import type { Spec } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { affineAt, affineBytes, emitAffine } from "../normalize/normalizeEval.columns.ts";
import { batchNormEvalMatrix } from "../normalize/normalizeEval.matrix.ts";
import { reluEpilogue } from "./gemm.epilogue.ts";
import { emitLinear } from "./gemm.linear.ts";
import { emitGemm, floatBytes, type GemmSize, gemmScratch, operand } from "./gemm.ts";
import type { FusedNormAttrs } from "./linearFused.ts";
import type { MatmulAttrs } from "./matmul.ts";

/** Kernels of linearFused.ts: products in float32 with an epilogue. */

const declinesDtype = (inputs: readonly Spec[]): string | undefined =>
  inputs.every(({ dtype }) => dtype === "float32") ? undefined : "fused products have code for float32 only";

export const linearReluKernel: Kernel<object> = {
  kind: "kernel",
  declines: declinesDtype,
  scratch: ([x, weight]) => gemmScratch({ m: x.shape[0], n: weight.shape[0], k: x.shape[1] }),
  emit: ({ inputs: [x, weight, bias], outputs: [y], f, module, scratch, fast }) => {
    const [m, k] = x.shape;
    const addresses = { x: x.address, weight: weight.address, bias: bias.address, y: y.address };
    const epilogue = { activation: reluEpilogue(f, module) };
    emitLinear(f, module, { m, n: weight.shape[0], k, ...addresses, epilogue, scratch, fast });
  },
};

/** Statistics, weight and bias of the norm stand behind the product's operands. */
const normOf = <T>(inputs: readonly T[]): readonly T[] => inputs.slice(-4);
const operandsOf = <T>(inputs: readonly T[]): readonly T[] => inputs.slice(0, -4);

function sizeOfProduct(inputs: readonly Spec[], [{ shape }]: readonly Spec[], { transposeA }: MatmulAttrs): GemmSize {
  return { m: shape[0], n: shape[1], k: inputs[0].shape[transposeA ? 0 : 1], transposeA };
}

const fusedNorm = (constant: MatmulAttrs): Kernel<FusedNormAttrs & MatmulAttrs> => ({
  kind: "kernel",
  declines: (inputs, [y]) => declinesDtype(operandsOf(inputs)) ?? batchNormEvalMatrix.declines([y, ...normOf(inputs)]),
  scratch: (inputs, outputs, attrs) => {
    const size = sizeOfProduct(inputs, outputs, attrs);
    return affineBytes(size.n) + gemmScratch(size);
  },
  emit: ({ inputs, outputs, attrs, f, module, scratch, fast }) => {
    const [a, b, bias] = operandsOf(inputs);
    const { m, n, k } = sizeOfProduct(inputs, outputs, attrs);
    const { transposeA = false, transposeB = false } = { ...attrs, ...constant };
    const affine = affineAt(n, scratch);
    emitAffine(f, affine, normOf(inputs), attrs);
    emitGemm(f, module, {
      ...{ m, n, k, a: operand(a.address, m, k, transposeA), b: operand(b.address, k, n, transposeB) },
      ...{ c: outputs[0].address, cStride: n * floatBytes, bias: bias?.address },
      epilogue: { affine, activation: attrs.relu ? reluEpilogue(f, module) : undefined },
      ...{ scratch: scratch + affineBytes(n), fast },
    });
  },
});

export const linearBatchNormEvalKernel = fusedNorm({ transposeB: true });
export const matmulBatchNormEvalKernel = fusedNorm({});
