import { byDtype } from "../reduce/lines.doubles.ts";
import { softmaxDoubles } from "./softmax.doubles.ts";
import { logSoftmaxBackwardFloats, logSoftmaxFloats, softmaxFloats } from "./softmax.floats.ts";

/** Kernels of softmax.ts. */

export const softmaxKernel = byDtype(softmaxFloats, softmaxDoubles.softmax);
export const logSoftmaxKernel = byDtype(logSoftmaxFloats, softmaxDoubles.logSoftmax);
export const logSoftmaxBackwardKernel = byDtype(logSoftmaxBackwardFloats, softmaxDoubles.logSoftmaxBackward);
