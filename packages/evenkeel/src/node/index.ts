import { setFileThreads } from "../compile/threads/fileThread.ts";
import { enableWideVectors } from "../compile/wideVectors.ts";
import { startBesideThis } from "./fileThreads.ts";

/**
 * `import "evenkeel/node"` in a program that owns its process: compiled steps then run on 256-bit
 * vectors where this version of Node can be told to make them, with the same bits. It sets a flag of
 * V8 for all WebAssembly that is compiled later, so a library should leave it to its user. On several
 * threads (`setNumThreads`) `trainTable` then fits the baselines of a large table while it trains.
 */
enableWideVectors();
setFileThreads(startBesideThis);

export { enableWideVectors, hasWideVectors } from "../compile/wideVectors.ts";
