import { defineOp, mismatch, type Spec, type Value } from "../../core/index.ts";
import { eq } from "../elementwise/compare.ts";
import { add, div, mul, sub, where } from "../elementwise/elementwise.ts";
import { reshape } from "../movement/movement.ts";
import { sum } from "../reduce/reduce.ts";
import { requireFloat, requireShape } from "../shapes.ts";

/**
 * Moments of unequal parts, for batch normalization over several processes or batches. Chan, Golub
 * and LeVeque 1983, https://doi.org/10.1080/00031305.1983.10483115
 */

function checkParts(counts: Spec, means: Spec, squares: Spec): readonly number[] {
  requireFloat("combineMoments", "counts", counts);
  requireFloat("combineMoments", "means", means);
  if (means.shape.length !== 2) {
    throw mismatch("wrong-shape", "combineMoments", `means have shape [${means.shape}]`, "[parts, channels]");
  }
  const [parts, channels] = means.shape;
  requireShape("combineMoments", "counts", counts, [parts]);
  requireShape("combineMoments", "squares", squares, means.shape);
  return [channels];
}

/**
 * The mean [C] of P parts together and the sum of squared distances from it, M2 [C], of their
 * counts [P], means [P, C] and own sums of squared distances [P, C]. Empty parts are ignored;
 * without any row both are NaN. In double.
 */
export const combineMoments = defineOp({
  name: "combineMoments",
  inputs: ["counts", "means", "squares"],
  outputs: ["mean", "m2"],
  shape: ([counts, means, squares]) => {
    const shape = checkParts(counts, means, squares);
    return [
      { shape, dtype: means.dtype },
      { shape, dtype: means.dtype },
    ];
  },
  reference: ([counts, means, squares], [mean, m2]) => {
    const channels = mean.data.length;
    const sumOf = (value: (part: number) => number) => {
      let total = 0;
      for (let p = 0; p < counts.data.length; p++) if (counts.data[p] !== 0) total += value(p);
      return total;
    };
    const total = sumOf((p) => counts.data[p]);
    for (let c = 0; c < channels; c++) {
      const centre = sumOf((p) => counts.data[p] * means.data[p * channels + c]) / total;
      const distance = (p: number) => means.data[p * channels + c] - centre;
      mean.data[c] = centre;
      m2.data[c] = sumOf((p) => squares.data[p * channels + c] + counts.data[p] * distance(p) ** 2) + 0 * centre;
    }
  },
  saves: ["counts", "means", "mean"],
  differentiable: ["mean", "m2"],
  // The sum of counts * (means - mean) is 0, so M2 does not depend on the means through the mean.
  jointGrad: ([dmean, dm2], { counts, means, mean }) => {
    const parts = reshape(counts, { shape: [counts.shape[0], 1] });
    const ofRows = (gradient: Value) => where(eq(parts, 0), 0, gradient);
    const flows = [
      dmean && mul(div(parts, sum(parts, { dims: [0], keepdim: true })), dmean),
      dm2 && mul(mul(parts, 2), mul(sub(means, mean), dm2)),
    ].filter((flow) => flow !== null);
    return [null, ofRows(flows.length === 2 ? add(flows[0], flows[1]) : flows[0]), dm2 && ofRows(dm2)];
  },
});
