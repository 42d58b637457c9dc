import { noKernel } from "../../wasm/index.ts";

export const resizeKernel = noKernel("not written yet");
export const resizeBackwardKernel = noKernel("not written yet");
