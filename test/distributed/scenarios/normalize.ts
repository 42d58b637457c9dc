import { nn, noGrad, type Tensor, tensor } from "evenkeel";
import { ownRows } from "./rows.ts";

export interface Normalizing {
  readonly shape: readonly number[];
  readonly x: Float64Array;
  readonly dy: Float64Array;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  /** Those of every rank. */
  readonly rows: readonly number[];
}

/** Batch normalization over rows that are divided: values, gradients, running statistics. */
export function normalize({ shape, rows, weight, bias, ...joined }: Normalizing) {
  const layer = new nn.SyncBatchNorm(shape[1]).double();
  noGrad(() => {
    layer.weight.copy_(tensor(weight));
    layer.bias.copy_(tensor(bias));
  });
  const mine = (all: Float64Array) => ownRows(tensor(all, { shape }), rows);
  const x = mine(joined.x).requiresGrad_();
  const y = layer(x);
  y.backward(mine(joined.dy));
  const list = (value: Tensor | null) => [...(value?.data ?? [])] as number[];
  return {
    y: list(y),
    dx: list(x.grad),
    dweight: list(layer.weight.grad),
    dbias: list(layer.bias.grad),
    mean: list(layer.running_mean),
    variance: list(layer.running_var),
    batches: layer.num_batches_tracked.item(),
  };
}
