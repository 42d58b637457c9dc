import { ChannelPool } from "../../nn/channelPool.ts";
import type { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";
import { noGrad, tensor } from "../../tensor/index.ts";

/**
 * Pools the statistics that layers have of batches to those of all their rows together. A layer is
 * read after each of its calls, which leaves the statistics of that batch if its momentum is 1.
 */
export class PooledStatistics {
  readonly #pools = new Map<BatchNormLayer, ChannelPool>();

  /** @param values how many values of each channel the batch had */
  add(layer: BatchNormLayer, values: number): void {
    const { running_mean, running_var } = layer;
    if (running_mean === null || running_var === null || values === 0) return;
    const pool = this.#pools.get(layer) ?? new ChannelPool(running_mean.shape[0]);
    this.#pools.set(layer, pool);
    // running_var has the unbiased variance.
    pool.add(running_mean.data, running_var.data, values, 1);
  }

  /** Writes what was found to the layers; one that was never called keeps what it has. */
  write(): void {
    for (const [layer, pool] of this.#pools) {
      noGrad(() => {
        layer.running_mean?.copy_(tensor(pool.mean));
        layer.running_var?.copy_(tensor(pool.unbiased()));
      });
    }
  }
}
