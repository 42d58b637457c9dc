import { compile, distributed, Generator, getRngState, manualSeed, nn, optim, randn, type Tensor } from "evenkeel";
import { nets, shapes, stateOf } from "./nets.ts";
import { ownRows, sum } from "./rows.ts";

export interface Training {
  readonly net: keyof typeof nets;
  readonly optimizer: "SGD" | "Adam";
  readonly dtype: "float32" | "float64";
  readonly compiled: boolean;
  readonly seed: number;
  /** The rows of every rank, for every step. */
  readonly divisions: readonly (readonly number[])[];
  /** Whether the ranks are told these numbers. */
  readonly known?: boolean;
  readonly clip?: number;
  /** A penalty on all parameters beside the network. */
  readonly penalty?: number;
  readonly bucketCapMb?: number;
  /** Whether batch normalization stays that of each rank. */
  readonly unconverted?: boolean;
  /** Rows count for their weights. */
  readonly weighted?: boolean;
}

/** Trains on the rows of this rank; without a group on all. Returns the state after every step. */
export function train(given: Training): { states: number[][]; draws: number; grads: (number | null)[] } {
  const { net: kind, optimizer: name, dtype, compiled, seed, divisions, known, clip, penalty, weighted } = given;
  const isAlone = !distributed.isInitialized();
  manualSeed(seed);
  const plain = nets[kind]().to(dtype);
  const options = given.bucketCapMb === undefined ? {} : { bucketCapMb: given.bucketCapMb };
  const parallel = isAlone
    ? undefined
    : new nn.parallel.DistributedDataParallel(
        given.unconverted ? plain : nn.SyncBatchNorm.convertSyncBatchNorm(plain),
        options,
      );
  const net: nn.Module<[Tensor], Tensor> = parallel ?? plain;
  const optimizer =
    name === "SGD"
      ? new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 0.01 })
      : new optim.Adam(net.parameters(), { lr: 0.01 });
  const take = (x: Tensor, y: Tensor, weights: Tensor) => {
    optimizer.zeroGrad();
    const lossOf = () => {
      const errors = net(x).sub(y).square().mean(1);
      return weighted ? errors.mul(weights).sum().div(weights.sum()) : errors.mean();
    };
    let loss = weighted && parallel !== undefined ? parallel.withWeight(weights.sum(), lossOf) : lossOf();
    if (penalty !== undefined) for (const p of net.parameters()) loss = loss.add(p.square().sum().mul(penalty));
    loss.backward();
    if (clip !== undefined) optim.clipGradNorm(net.parameters(), clip);
    optimizer.step();
    return loss;
  };
  const step = compiled ? compile(take) : take;
  const data = new Generator(seed + 1);
  const states: number[][] = [];
  manualSeed(seed + 2);
  for (const division of divisions) {
    const rows = sum(division);
    const x = randn([rows, ...shapes[kind]], { generator: data, dtype });
    const y = randn([rows, 3], { generator: data, dtype });
    const weights = randn([rows], { generator: data, dtype }).square();
    if (known) parallel?.setRows(division);
    step(ownRows(x, division), ownRows(y, division), ownRows(weights, division));
    states.push(stateOf(plain));
  }
  return {
    states,
    draws: new Generator(0).setState(getRngState()).random32(),
    grads: plain.parameters().map(({ grad }) => (grad === null ? null : (grad.data[0] as number))),
  };
}
