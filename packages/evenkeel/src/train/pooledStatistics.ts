import type { BatchNorm1d } from "../nn/index.ts";
import { noGrad, tensor } from "../tensor/index.ts";

/** What is known of one layer's inputs so far: counts, means and squared deviations of each channel. */
interface Pool {
  readonly layer: BatchNorm1d;
  /** Values per channel. */
  values: number;
  batches: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Pools the statistics of batches to those of all their rows together: the variance of the whole is the mean of the
 * variances and the variance of the means. Batches of any size weigh by what is in them. Merged as Chan, Golub and LeVeque
 * 1983 do it, in double, so that a large mean costs no digits.
 *
 * A layer is read after each of its calls, which leaves the statistics of that batch if its momentum is 1.
 */
export class PooledStatistics {
  readonly #pools: ReadonlyMap<BatchNorm1d, Pool>;

  constructor(layers: readonly BatchNorm1d[]) {
    const pools = layers.map((layer): [BatchNorm1d, Pool] => {
      const zeros = () => new Float64Array(layer.numFeatures);
      return [layer, { layer, values: 0, batches: 0, mean: zeros(), squares: zeros() }];
    });
    this.#pools = new Map(pools);
  }

  /** @param values how many values of each channel the batch had */
  add(layer: BatchNorm1d, values: number): void {
    const pool = this.#pools.get(layer);
    if (pool === undefined || values === 0) return;
    const [means, variances] = [layer.running_mean, layer.running_var].map((buffer) => buffer?.data);
    if (means === undefined || variances === undefined) return;
    const total = pool.values + values;
    for (let c = 0; c < pool.mean.length; c++) {
      const apart = Number(means[c]) - pool.mean[c];
      pool.mean[c] += (apart * values) / total;
      // running_var has the unbiased variance of the batch.
      pool.squares[c] += Number(variances[c]) * (values - 1) + (apart * apart * pool.values * values) / total;
    }
    pool.values = total;
    pool.batches++;
  }

  /** Writes what was found to the layers; one that was never called keeps what it has. */
  write(): void {
    for (const { layer, values, batches, mean, squares } of this.#pools.values()) {
      if (batches === 0) continue;
      const variance = squares.map((sum) => sum / (values - 1));
      noGrad(() => {
        layer.running_mean?.copy_(tensor(mean));
        layer.running_var?.copy_(tensor(variance));
      });
    }
  }
}
