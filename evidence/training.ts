import { compile, F, nn, type optim, randperm, type Tensor, train } from "evenkeel";

/** Networks and trainings that several findings share. */

/** What stands behind each Linear of a network. */
export type Block = (width: number) => nn.AnyModule[];

/** ReLU alone, or with BatchNorm before it. */
export const plain: Block = () => [new nn.ReLU()];
export const batchNorm: Block = (width) => [new nn.BatchNorm1d(width), new nn.ReLU()];

/**
 * `depth` hidden layers of `width` units. Weights are He's (2015), biases 0: with PyTorch's default, the variance of the
 * activations shrinks to a sixth at each layer, and a deep network without normalization would lose
 * for that reason.
 */
export function mlp(inputs: number, width: number, depth: number, outputs: number, block: Block): nn.Sequential {
  const linear = (from: number, to: number) => {
    const layer = new nn.Linear(from, to);
    nn.init.kaimingNormal_(layer.weight, { nonlinearity: "relu" });
    nn.init.zeros_(layer.bias as Tensor);
    return layer;
  };
  const hidden = Array.from({ length: depth }, (_, i) => [linear(i === 0 ? inputs : width, width), ...block(width)]);
  return new nn.Sequential(...hidden.flat(), linear(width, outputs));
}

export interface Steps {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly batchSize: number;
  readonly steps: number;
  readonly loss?: (output: Tensor, y: Tensor) => Tensor;
  /** Called after each step, counted from 1. */
  readonly onStep?: (step: number, loss: number) => void;
}

/**
 * Trains in one compiled program. Rows are shuffled anew for each pass, and a pass ends with the
 * last whole batch. The mean loss of the last 50 steps comes back; NaN as soon as a loss is not finite.
 */
export function trainSteps(
  net: nn.AnyModule,
  optimizer: optim.Optimizer,
  { x, y, batchSize, steps, loss = F.crossEntropy, onStep }: Steps,
): number {
  net.train();
  const step = compile(
    (rows: Tensor, targets: Tensor) => {
      optimizer.zeroGrad();
      const error = loss(net(rows), targets);
      error.backward();
      optimizer.step();
      return error;
    },
    { check: "never" },
  );
  try {
    const last: number[] = [];
    let order = randperm(x.shape[0]);
    for (let i = 1, at = 0; i <= steps; i++, at += batchSize) {
      if (at + batchSize > x.shape[0]) [order, at] = [randperm(x.shape[0]), 0];
      const rows = order.narrow(0, at, batchSize);
      const value = step(x.indexSelect(0, rows), y.indexSelect(0, rows)).item();
      if (!Number.isFinite(value)) return Number.NaN;
      if (i > steps - 50) last.push(value);
      onStep?.(i, value);
    }
    return last.reduce((sum, value) => sum + value, 0) / last.length;
  } finally {
    step.dispose();
  }
}

/** The share of rows whose class a network gets wrong in eval mode, in percent. */
export function errorRate(net: nn.AnyModule, x: Tensor, y: Tensor): number {
  const right = train.predict(net, x).argmax(1).eq(y).float().mean().item();
  return 100 * (1 - right);
}
