import { ChannelPool } from "../../nn/channelPool.ts";
import type { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";
import { noGrad, tensor } from "../../tensor/index.ts";

/**
 * Pools the statistics that layers have after each batch into those of all rows. With momentum 1 a
 * layer's running statistics after a call are those of the batch.
 */
export class PooledStatistics {
  readonly #pools = new Map<BatchNormLayer, ChannelPool>();

  /** @param values the number of values per channel in the batch */
  add(layer: BatchNormLayer, values: number): void {
    const { running_mean, running_var } = layer;
    if (running_mean === null || running_var === null || values === 0) return;
    const pool = this.#pools.get(layer) ?? new ChannelPool(running_mean.shape[0]);
    this.#pools.set(layer, pool);
    // running_var holds the unbiased variance.
    pool.add(running_mean.data, running_var.data, values, 1);
  }

  /** Writes the pooled statistics to the layers; a layer that was never called keeps its own. */
  write(): void {
    for (const [layer, pool] of this.#pools) {
      noGrad(() => {
        layer.running_mean?.copy_(tensor(pool.mean));
        layer.running_var?.copy_(tensor(pool.unbiased()));
      });
    }
  }
}
