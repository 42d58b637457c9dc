import { noKernel } from "../../wasm/index.ts";

export const oneHotKernel = noKernel("not written yet: classes are checked one by one");
