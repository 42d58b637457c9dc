export { BatchSampler } from "./batchSampler.ts";
export { type Collated, defaultCollate } from "./collate.ts";
export { DataLoader, type DataLoaderOptions } from "./dataLoader.ts";
export { ConcatDataset, type Dataset, type DatasetLike, Subset, TensorDataset } from "./dataset.ts";
export { iter, next } from "./iterator.ts";
export { randomSplit } from "./randomSplit.ts";
export {
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  SequentialSampler,
  SubsetRandomSampler,
} from "./sampler.ts";
export { WeightedRandomSampler, type WeightedRandomSamplerOptions } from "./weightedSampler.ts";
