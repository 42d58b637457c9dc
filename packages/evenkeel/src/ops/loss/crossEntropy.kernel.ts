import { byDtype } from "../reduce/lines.doubles.ts";
import { crossEntropyDoubles } from "./crossEntropy.doubles.ts";
import { crossEntropyBackwardFloats, crossEntropyFloats } from "./crossEntropy.floats.ts";

/** Kernels of crossEntropy.ts. */

export const crossEntropyKernel = byDtype(crossEntropyFloats, crossEntropyDoubles.crossEntropy);
export const crossEntropyBackwardKernel = byDtype(crossEntropyBackwardFloats, crossEntropyDoubles.crossEntropyBackward);
