import { defineOp, type NdArray, notDifferentiable, type Spec, unfused, type Value } from "../../core/index.ts";
import { add, div, mul, rsqrt, square, sub } from "../elementwise/elementwise.ts";
import { cast } from "../elementwise/functions.ts";
import { reshape } from "../movement/movement.ts";
import { type BatchNormAttrs, batchNorm, batchNormBackward } from "../normalize/normalize.ts";
import { sum } from "../reduce/reduce.ts";
import { requireShape } from "../shapes.ts";
import { allReduce, type GroupAttrs } from "./collective.ts";
import { synchronizedBackward, synchronizedForward } from "./syncBatchNorm.loops.ts";

/**
 * Batch normalization by the statistics of all ranks: rows of one batch that is divided among them.
 * https://pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
 */

export type SyncBatchNormAttrs = BatchNormAttrs & GroupAttrs;

const single: Spec = { shape: [], dtype: "float64" };

/**
 * `batchNorm` with the statistics of all ranks' values, and how many values per channel they have.
 * A rank may have no rows.
 */
export const syncBatchNorm = defineOp({
  name: "syncBatchNorm",
  inputs: ["input", "weight", "bias"],
  outputs: ["output", "mean", "variance", "count"],
  shape: (inputs, attrs: SyncBatchNormAttrs) => [...batchNorm.shape(inputs, attrs), single],
  reference: (inputs, outputs, attrs) => synchronizedForward(inputs, outputs, attrs),
  saves: ["input", "weight", "mean", "variance", "count"],
  grad: (dy, { input, weight, mean, variance, count }, { attrs }) =>
    syncBatchNormBackward(dy, input, weight, mean, variance, count, attrs),
});

/** `batchNormBackward` with sums over all ranks in dinput; dweight and dbias are those of this rank. */
export const syncBatchNormBackward = defineOp({
  name: "syncBatchNormBackward",
  inputs: ["dy", "input", "weight", "mean", "variance", "count"],
  outputs: ["dinput", "dweight", "dbias"],
  shape: (inputs, attrs: SyncBatchNormAttrs) => batchNormBackward.shape(inputs, attrs),
  reference: (inputs, outputs, attrs) => synchronizedBackward(inputs, outputs, attrs),
  grad: unfused(([dy, input, weight, , , count], { eps, group }: SyncBatchNormAttrs) => {
    const { shape, dtype } = input;
    const dims = shape.flatMap((_, i) => (i === 1 ? [] : [i]));
    const own = (value: Value) => sum(value, { dims, keepdim: true });
    const values = cast(count, { dtype });
    const meanOverAll = (sums: Value) => div(allReduce(sums, { group }), values);
    const centred = sub(input, meanOverAll(own(input)));
    const invstd = rsqrt(add(meanOverAll(own(square(centred))), eps));
    const xhat = mul(centred, invstd);
    const [dbias, dweight] = [own(dy), own(mul(dy, xhat))];
    const inner = sub(sub(dy, meanOverAll(dbias)), mul(xhat, meanOverAll(dweight)));
    const scale = reshape(weight, { shape: shape.map((n, i) => (i === 1 ? n : 1)) });
    const dinput = mul(mul(scale, invstd), inner);
    return [dinput, reshape(dweight, { shape: weight.shape }), reshape(dbias, { shape: weight.shape })];
  }),
});

/**
 * `updateRunningStats` for a count that is known when it runs; without any values it changes
 * nothing.
 */
export const updateSyncedStats = defineOp({
  name: "updateSyncedStats",
  inputs: ["runningMean", "runningVar", "mean", "variance", "factor", "count"],
  outputs: [],
  shape: ([runningMean, runningVar, mean, variance]) => {
    requireShape("updateSyncedStats", "runningMean", runningMean, mean.shape);
    requireShape("updateSyncedStats", "runningVar", runningVar, variance.shape);
    return [];
  },
  reference: ([runningMean, runningVar, mean, variance, factor, count]) => {
    const f = Number(factor.data[0]);
    const values = Number(count.data[0]);
    if (values === 0) return;
    const unbias = values / (values - 1);
    const move = (running: NdArray, batch: NdArray, scale: number) => {
      for (let c = 0; c < running.data.length; c++) {
        running.data[c] = (1 - f) * Number(running.data[c]) + f * (Number(batch.data[c]) * scale);
      }
    };
    move(runningMean, mean, 1);
    move(runningVar, variance, unbias);
  },
  writes: [0, 1],
  grad: notDifferentiable("gradients never flow into running statistics"),
});
