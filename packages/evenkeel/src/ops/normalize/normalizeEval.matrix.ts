import type { Spec } from "../../core/index.ts";
import type { Kernel } from "../../wasm/index.ts";
import { loadChannels } from "./normalize.access.ts";
import { emitPasses, forEachGroup, matrixOf, planeBytes, single } from "./normalize.columns.ts";
import {
  declinesLayout,
  forwardSize,
  type NormCall,
  normalizePass,
  planesAt,
  planesBytes,
  storeScaleAndShift,
} from "./normalize.scale.ts";
import type { BatchNormAttrs } from "./normalize.ts";

/**
 * Batch norm by given statistics. It is separate from training's kernels, so that a bundle for
 * prediction contains this one only.
 */

/** Statistics may be float32, as running ones are, or float64. */
export const batchNormEvalMatrix = {
  kind: "kernel",
  declines: (inputs: readonly Spec[]) =>
    declinesLayout(inputs, [0, 3, 4]) ??
    (inputs.slice(1, 3).every(({ dtype }) => dtype === "float32" || dtype === "float64")
      ? undefined
      : "statistics are neither float32 nor float64"),
  scratch: ([x]: readonly Spec[]) => planesBytes(matrixOf(x)),
  emit: (call: NormCall) => {
    const { inputs, f, scratch } = call;
    const matrix = matrixOf(inputs[0]);
    const planes = planesAt(matrix, scratch);
    forEachGroup(f, matrix, single, ({ slot, column }) => {
      const [means, variances, weights, biases] = inputs.slice(1).map((of) => loadChannels(matrix, of, column));
      storeScaleAndShift(call, planeBytes(matrix), planes, slot, { means, variances, weights, biases });
    });
    emitPasses(f, matrix, { size: forwardSize, scratch: 0, passes: [normalizePass(call, matrix, planes, false)] });
  },
} satisfies Kernel<BatchNormAttrs>;
