export type { Communicator, Reduction } from "../ops/collective/index.ts";
export { DistributedBatchSampler, type DistributedBatchSamplerOptions } from "./distributedBatchSampler.ts";
export { DistributedSampler, type DistributedSamplerOptions } from "./distributedSampler.ts";
export { type AllReduceOptions, allGather, allReduce, broadcast } from "./exchange.ts";
export { barrier, destroyProcessGroup, getCommunicator, getRank, getWorldSize, init, isInitialized } from "./group.ts";
export { threadCommunicator, threadMemory } from "./threadCommunicator.ts";
