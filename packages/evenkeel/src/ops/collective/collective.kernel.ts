import { noKernel } from "../../wasm/index.ts";

/** Messages are sent by the host, and what depends on them in the same breath is done there too. */

const message = "a message to other ranks, which the host sends";

export const allReduceKernel = noKernel(message);
export const broadcastKernel = noKernel(message);
export const allGatherKernel = noKernel(message);
export const countRowsKernel = noKernel(message);
export const syncBatchNormKernel = noKernel(`${message} between its passes`);
export const syncBatchNormBackwardKernel = noKernel(`${message} between its passes`);
export const updateSyncedStatsKernel = noKernel("a number per channel, of a count that comes from other ranks");
export const weighByRowsKernel = noKernel("another name of the same memory: nothing is computed");
export const skipDrawsKernel = noKernel("how much is skipped comes from other ranks");
export const noteGradientsKernel = noKernel("a check of flags that come from other ranks");
