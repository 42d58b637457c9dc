import { noKernel } from "../../wasm/index.ts";

export const localResponseNormKernel = noKernel("it takes powers in double, for which programs have no code");
export const localResponseNormBackwardKernel = localResponseNormKernel;
