import { type Tensor, tensor } from "evenkeel";
import type * as collective from "../../packages/evenkeel/src/ops/collective/collective.ts";
import { Division, ProcessGroup } from "../../packages/evenkeel/src/ops/collective/index.ts";
import type * as rows from "../../packages/evenkeel/src/ops/collective/rows.ts";
import type * as startedSum from "../../packages/evenkeel/src/ops/collective/startedSum.ts";
import type * as syncBatchNorm from "../../packages/evenkeel/src/ops/collective/syncBatchNorm.ts";
import { fixed, type GradCase, type GradCases, unary, valuesFrom } from "./inputs.ts";

/**
 * Cases of ops/collective, with a group of two ranks that hold the same values. A rank's own output
 * changes with the values of both as the outputs of both together change with its own: what finite
 * differences see is what the gradients must be.
 */

class Mirror extends ProcessGroup {
  constructor() {
    super({ rank: 0, size: 2 } as ConstructorParameters<typeof ProcessGroup>[0]);
  }

  override reduce(data: Float32Array | Float64Array): void {
    for (let i = 0; i < data.length; i++) data[i] *= 2;
  }

  override gatherNumbers(own: Float64Array): Float64Array {
    return Float64Array.of(...own, ...own);
  }
}

const group = new Mirror();
const values = valuesFrom(11);

const cases = (): GradCase[] =>
  [
    [3, 2],
    [1, 3],
    [2, 2, 3],
  ].map((shape) => ({
    name: `[${shape}]`,
    inputs: [values(shape), values([shape[1]]), values([shape[1]])],
    attrs: { eps: 1e-3, group },
  }));

/** Mean, variance and count of both ranks: those of one, twice as many. */
const statistics = (x: Tensor): [Tensor, Tensor, Tensor] => {
  const dims = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const flat = x.detach();
  const count = (2 * flat.numel()) / flat.shape[1];
  return [flat.mean(dims), flat.var(dims, { correction: 0 }), fixed(tensor(count, { dtype: "float64" }))];
};

export const collectiveCases: GradCases<typeof collective & typeof rows & typeof startedSum & typeof syncBatchNorm> = {
  allReduce: unary(values, { group }),
  broadcast: null,
  allGather: null,
  countRows: null,
  weighByRows: unary(values, { division: new Division(group, 3) }),
  skipDraws: null,
  noteGradients: null,
  startSum: null,
  finishSum: null,
  syncBatchNorm: cases(),
  syncBatchNormBackward: cases().map(({ name, inputs: [x, weight], attrs }) => ({
    name,
    inputs: [values(x.shape), x, weight, ...statistics(x)],
    attrs,
  })),
  updateSyncedStats: null,
};
