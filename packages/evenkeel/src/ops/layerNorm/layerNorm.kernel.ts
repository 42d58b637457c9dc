import { byDtype } from "../reduce/lines.doubles.ts";
import { layerNormDoubles } from "./layerNorm.doubles.ts";
import { layerNormBackwardFloats, layerNormFloats } from "./layerNorm.floats.ts";

/** Kernels of layerNorm.ts. */

export const layerNormKernel = byDtype(layerNormFloats, layerNormDoubles.layerNorm);
export const layerNormBackwardKernel = byDtype(layerNormBackwardFloats, layerNormDoubles.layerNormBackward);
