import { type NdArray, refuse } from "../../core/index.ts";
import { combineMoments } from "../normalize/moments.ts";
import { channelStatistics, normalizeBackward, normalizeForward } from "../normalize/normalize.loops.ts";
import { channelPasses } from "../normalize/normalize.passes.ts";
import type { ProcessGroup } from "./processGroup.ts";

/** Batch normalization of rows that are divided among ranks: two messages, each of a few numbers per channel. */

interface Settings {
  readonly eps: number;
  readonly group: ProcessGroup;
}

const doubles = (shape: readonly number[], data: Float64Array): NdArray => ({ shape, dtype: "float64", data });

/**
 * Normalizes by mean and variance of all ranks' values, which are combined from those of each.
 * @throws RangeError, on all ranks, if there is one value per channel in all
 */
export function synchronizedForward(
  [x, weight, bias]: readonly NdArray[],
  [y, mean, variance, count]: readonly NdArray[],
  { eps, group }: Settings,
): void {
  const passes = channelPasses.current;
  const channels = x.shape[1];
  const own = x.data.length / channels;
  const moments = new Float64Array(1 + 2 * channels);
  if (own > 0) {
    channelStatistics(x, mean.data, variance.data, passes);
    moments[0] = own;
    for (let c = 0; c < channels; c++) {
      moments[1 + c] = Number(mean.data[c]);
      moments[1 + channels + c] = Number(variance.data[c]) * own;
    }
  }
  const all = group.gatherNumbers(moments);
  const counts = new Float64Array(group.size);
  const means = new Float64Array(group.size * channels);
  const squares = new Float64Array(group.size * channels);
  let total = 0;
  for (let rank = 0; rank < group.size; rank++) {
    const at = rank * moments.length + 1;
    counts[rank] = all[at - 1];
    total += counts[rank];
    means.set(all.subarray(at, at + channels), rank * channels);
    squares.set(all.subarray(at + channels, at + 2 * channels), rank * channels);
  }
  if (total === 1) {
    throw refuse(
      "wrong-shape",
      "",
      `Expected more than 1 value per channel when training, got one on all ${group.size} ranks: the variance of ` +
        "one value is 0. Drop the last, smaller batch, choose another batch size, or call eval() to predict",
    );
  }
  count.data[0] = total;
  const parts = [
    doubles([group.size], counts),
    doubles([group.size, channels], means),
    doubles([group.size, channels], squares),
  ];
  combineMoments.reference(parts, [mean, variance], {});
  for (let c = 0; c < channels; c++) variance.data[c] = Number(variance.data[c]) / total;
  normalizeForward(x, mean, variance, weight, bias, eps, y, passes);
}

/** dx by the sums of all ranks; dweight and dbias are those of this rank. */
export function synchronizedBackward(
  [dy, x, weight, mean, variance, count]: readonly NdArray[],
  outputs: readonly NdArray[],
  { eps, group }: Settings,
): void {
  normalizeBackward([dy, x, weight, mean, variance], outputs, eps, channelPasses.current, (sums, products) => {
    const all = new Float64Array(2 * sums.length);
    all.set(sums);
    all.set(products, sums.length);
    group.reduce(all, "sum");
    sums.set(all.subarray(0, sums.length));
    products.set(all.subarray(sums.length));
    return Number(count.data[0]);
  });
}
