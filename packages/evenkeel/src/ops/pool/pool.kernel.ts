import { noKernel } from "../../wasm/index.ts";

export const adaptiveAvgPoolKernel = noKernel("not written yet: windows of unequal sizes");
export const adaptiveAvgPoolBackwardKernel = noKernel("not written yet: windows of unequal sizes");
export const adaptiveMaxPoolKernel = noKernel("not written yet: windows of unequal sizes");
export const avgPoolKernel = noKernel("not written yet");
export const avgPoolBackwardKernel = noKernel("not written yet");
export const maxPoolKernel = noKernel("not written yet");
export const maxPoolBackwardKernel = noKernel("not written yet");
export const maxUnpoolKernel = noKernel("not written yet: places are checked one by one");
