import { noKernel } from "../../wasm/index.ts";

export const combineMomentsKernel = noKernel("float64 statistics of a few parts: the host combines them");
