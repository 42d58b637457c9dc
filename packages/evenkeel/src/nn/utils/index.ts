export { type FoldedBatchNorm, Fused, type FuseOptions, fuse, type KeptBatchNorm } from "./fuse.ts";
export { fuseLinearBatchNorm } from "./fuseWeights.ts";
export * from "./notHere.ts";
