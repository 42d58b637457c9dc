export { DistributedDataParallel, type DistributedDataParallelOptions } from "./distributedDataParallel.ts";
