export { decayedParameters } from "./decayedParameters.ts";
export { type FoldedBatchNorm, Fused, type FuseOptions, fuse, type KeptBatchNorm } from "./fuse.ts";
export { fuseConvBatchNorm, fuseLinearBatchNorm } from "./fuseWeights.ts";
export * from "./notHere.ts";
