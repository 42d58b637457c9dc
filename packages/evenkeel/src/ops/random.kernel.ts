import { noKernel } from "../wasm/index.ts";

const drawn = noKernel("the generator's words are not in the program's memory yet");

export const uniformKernel = drawn;
export const normalKernel = drawn;
export const bernoulliKernel = drawn;
export const bernoulliOfKernel = drawn;
export const dropoutMaskKernel = drawn;
export const randintKernel = drawn;
export const randpermKernel = drawn;
