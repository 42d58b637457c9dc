import {
  cat,
  compile,
  distributed,
  F,
  Generator,
  getRngState,
  grad,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  randn,
  type Tensor,
  tensor,
} from "evenkeel";

/**
 * What ranks do in tests, each in a thread of its own, or one alone in the thread of the test. What
 * they are given and what they return is copied between threads.
 */

const nets = {
  plain: () => new nn.Sequential(new nn.Linear(5, 7), new nn.Tanh(), new nn.Linear(7, 3)),
  dense: () =>
    new nn.Sequential(
      ...[new nn.Linear(5, 8), new nn.GELU(), new nn.BatchNorm1d(8), new nn.Dropout(0.3), new nn.Linear(8, 6)],
      ...[new nn.SiLU(), new nn.BatchNorm1d(6, { momentum: null }), new nn.Linear(6, 3)],
    ),
  pictures: () =>
    new nn.Sequential(
      ...[new nn.Conv2d(2, 4, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(4), new nn.GELU()],
      ...[new nn.Dropout2d(0.2), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(16, 3)],
    ),
  alpha: () =>
    new nn.Sequential(
      new nn.Linear(5, 8),
      new nn.SELU(),
      new nn.AlphaDropout(0.2),
      new nn.Dropout(1),
      new nn.Linear(8, 3),
    ),
} as const;

const shapes = { plain: [5], dense: [5], pictures: [2, 4, 4], alpha: [5] } as const;

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

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Parameters and buffers in one list. */
function stateOf(net: nn.AnyModule): number[] {
  return [...net.parameters(), ...net.buffers()].flatMap(({ data }) => [...(data as Float64Array)]);
}

/** Trains on the rows of this rank; without a group on all. Returns the state after every step. */
function train(given: Training): { states: number[][]; draws: number; grads: (number | null)[] } {
  const { net: kind, optimizer: name, dtype, compiled, seed, divisions, known, clip, penalty, weighted } = given;
  const isAlone = !distributed.isInitialized();
  const rank = isAlone ? 0 : distributed.getRank();
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
    const [start, count] = isAlone ? [0, rows] : [sum(division.slice(0, rank)), division[rank]];
    if (known) parallel?.setRows(division);
    step(x.narrow(0, start, count), y.narrow(0, start, count), weights.narrow(0, start, count));
    states.push(stateOf(plain));
  }
  return {
    states,
    draws: new Generator(0).setState(getRngState()).random32(),
    grads: plain.parameters().map(({ grad }) => (grad === null ? null : (grad.data[0] as number))),
  };
}

/** What a rank gets of every exchange. */
function exchanges(length: number) {
  const rank = distributed.getRank();
  const size = distributed.getWorldSize();
  const communicator = distributed.getCommunicator();
  const numbers = (dtype: "float32" | "float64") =>
    tensor(
      Float64Array.from({ length }, (_, i) => Math.sin(1 + i + 10 * rank)),
      { dtype },
    );
  const ops = (["sum", "min", "max"] as const).flatMap((op) =>
    (["float32", "float64"] as const).map((dtype) => [...distributed.allReduce(numbers(dtype), { op }).data]),
  );
  const sent = distributed.broadcast(numbers("float32"), size - 1);
  const flags = distributed.broadcast(tensor([rank > 0, true, rank === size - 1], { dtype: "bool" }), size - 1);
  const own = new Uint8Array(rank * length).fill(rank);
  communicator.barrier();
  return {
    reduced: ops,
    sent: [...sent.data],
    flags: flags.toArray(),
    gathered: distributed.allGather(numbers("float64")).map(({ data }) => [...data]),
    bytes: communicator.allGather(own).map((bytes) => [bytes.length, ...new Set(bytes)]),
    atRoot: communicator.gather(own, 1 % size).map(({ length }) => length),
    compiled: compile((x: Tensor) => {
      const y = x.mul(2);
      distributed.allReduce(y);
      return y.add(1);
    })(numbers("float64")).toArray(),
  };
}

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
function normalize({ shape, rows, weight, bias, ...joined }: Normalizing) {
  const rank = distributed.getRank();
  const layer = new nn.SyncBatchNorm(shape[1]).double();
  noGrad(() => {
    layer.weight.copy_(tensor(weight));
    layer.bias.copy_(tensor(bias));
  });
  const mine = (all: Float64Array) => tensor(all, { shape }).narrow(0, sum(rows.slice(0, rank)), rows[rank]);
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

/** A text for what a call throws, or "". */
function errorOf(call: () => unknown): string {
  try {
    call();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Ranks with different networks. */
function disagree(kind: "shape" | "name" | "frozen" | "count") {
  const odd = distributed.getRank() === distributed.getWorldSize() - 1;
  const net = new nn.Sequential(new nn.Linear(3, odd && kind === "shape" ? 5 : 4), new nn.Tanh());
  if (odd && kind === "count") net.append(new nn.Linear(4, 1));
  if (odd && kind === "name") net.addModule("extra", new nn.Linear(2, 2));
  if (odd && kind === "frozen") net.at(0).getParameter("bias").requiresGrad_(false);
  return errorOf(() => new nn.parallel.DistributedDataParallel(net));
}

export interface Accumulating {
  /** The rows of every rank, for every backward pass. */
  readonly divisions: readonly (readonly number[])[];
  /** Which passes exchange gradients. */
  readonly exchanged: readonly boolean[];
  /** How each pass runs. */
  readonly how: "eager" | "compiled" | "alternating" | "in one step";
  /** Passes after which the gradients become zeros, or null. */
  readonly cleared?: Readonly<Record<number, "zero" | "null">>;
}

/** Gradients that add up over passes, of which some exchange nothing; after each that does. */
function accumulate({ divisions, exchanged, how, cleared = {} }: Accumulating): number[][] {
  const isAlone = !distributed.isInitialized();
  const rank = isAlone ? 0 : distributed.getRank();
  manualSeed(3);
  const plain = new nn.Sequential(new nn.Linear(5, 4), new nn.Tanh(), new nn.Linear(4, 2)).double();
  const parallel = isAlone ? undefined : new nn.parallel.DistributedDataParallel(plain);
  const net: nn.Module<[Tensor], Tensor> = parallel ?? plain;
  const pass = (x: Tensor) => net(x).square().mean(1).mean().backward();
  const alone = (x: Tensor) => (parallel === undefined ? pass(x) : parallel.noSync(() => pass(x)));
  const compiled = [compile(alone), compile(pass)];
  const all = compile((...xs: Tensor[]) => {
    for (const [i, x] of xs.entries()) (exchanged[i] ? pass : alone)(x);
  });
  const generator = new Generator(4);
  const given = divisions.map((division) => {
    const x = randn([sum(division), 5], { generator, dtype: "float64" });
    return isAlone ? x : x.narrow(0, sum(division.slice(0, rank)), division[rank]);
  });
  const gradients = () => plain.parameters().flatMap(({ grad }) => [...(grad?.data ?? [])] as number[]);
  if (how === "in one step") {
    const found: number[][] = [];
    for (let run = 0; run < 3; run++) {
      all(...given);
      found.push(gradients());
    }
    return found;
  }
  const found: number[][] = [];
  for (const [i, x] of given.entries()) {
    const isCompiled = how === "compiled" || (how === "alternating" && i % 2 === 1);
    const run = exchanged[i] ? pass : alone;
    if (isCompiled) compiled[Number(exchanged[i])](x);
    else run(x);
    if (exchanged[i]) found.push(gradients());
    if (cleared[i] !== undefined) net.zeroGrad({ setToNone: cleared[i] === "null" });
  }
  return found;
}

/** What is left of a step in which a message fails, and the error. */
function fail({ at, compiled }: { at: number; compiled: boolean }) {
  const real = distributed.getCommunicator();
  let left = Infinity;
  const breaking = new Proxy(real, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (left-- <= 0) throw new Error("the network is gone");
        return value.apply(target, given) as unknown;
      };
    },
  });
  distributed.destroyProcessGroup();
  distributed.init(breaking);
  manualSeed(5);
  const plain = nn.SyncBatchNorm.convertSyncBatchNorm(nets.dense());
  const net = new nn.parallel.DistributedDataParallel(plain);
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
  const take = (x: Tensor) => {
    optimizer.zeroGrad();
    const loss = net(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const step = compiled ? compile(take) : take;
  const x = randn([4, 5], { generator: new Generator(6 + distributed.getRank()) });
  step(x);
  const state = () => [
    stateOf(plain),
    compiled ? getRngState() : null,
    // An eager step has cleared them, and moved running statistics and the generator, before it fails.
    compiled ? plain.parameters().map(({ grad }) => [...(grad?.data ?? [])]) : null,
    Object.values(optimizer.stateDict().state).flatMap((each) => Object.values(each).map(String)),
  ];
  const parameters = () => plain.parameters().flatMap(({ data }) => [...data]);
  const [before, weights] = [state(), parameters()];
  left = at;
  const error = errorOf(() => step(x));
  left = Infinity;
  const same = compiled ? JSON.stringify(state()) === JSON.stringify(before) : true;
  const unchanged = JSON.stringify(parameters()) === JSON.stringify(weights);
  step(x);
  return { error, same, unchanged, after: stateOf(plain) };
}

/** What ranks get to know of each other when one does something else. */
function quarrel(kind: "other call" | "other length" | "abort" | "gone") {
  const communicator = distributed.getCommunicator();
  const isLast = communicator.rank === communicator.size - 1;
  const errors = [
    errorOf(() => {
      if (isLast && kind === "other call") return communicator.barrier();
      if (isLast && kind === "abort") communicator.abort("enough: 1 < 2");
      if (isLast && kind === "gone") throw new Error("gone");
      return communicator.allReduce(new Float32Array(isLast && kind === "other length" ? 3 : 2));
    }),
  ];
  if (!isLast || kind === "abort") errors.push(errorOf(() => communicator.barrier()));
  return errors;
}

/** What is refused within a network that is divided. */
function refusals() {
  const called = (forward: (x: Tensor) => Tensor) => {
    const net = new nn.parallel.DistributedDataParallel(
      new (class extends nn.Module<[Tensor], Tensor> {
        layer = new nn.Linear(3, 3);
        override forward(x: Tensor) {
          return forward(this.layer(x));
        }
      })(),
    );
    return errorOf(() => net(randn([2, 3])));
  };
  const slopes = new nn.RReLU();
  const net = new nn.parallel.DistributedDataParallel(new nn.Linear(3, 1));
  return {
    rrelu: called((x) => slopes(x)),
    noise: called((x) => x.add(randn([2, 3]))),
    turned: called((x) => F.dropout(x.reshape([3, 2]))),
    single: errorOf(() => net(tensor(1))),
    none: errorOf(() => (net as unknown as () => unknown)()),
    grad: errorOf(() => grad(net(randn([2, 3])).sum(), net.parameters())),
    again: errorOf(() => distributed.init(distributed.getCommunicator())),
    rows: errorOf(() => net.setRows([1])),
    batch: errorOf(() => new nn.SyncBatchNorm(3)(randn([distributed.getRank() === 0 ? 1 : 0, 3]))),
    unequal: (() => {
      const forked = new nn.parallel.DistributedDataParallel(
        new (class extends nn.Module<[Tensor], Tensor> {
          a = new nn.Linear(2, 2);
          b = new nn.Linear(2, 2);
          override forward(x: Tensor) {
            return distributed.getRank() === 0 ? this.a(x) : this.b(this.a(x));
          }
        })(),
      );
      return errorOf(() =>
        forked(randn([2, 2]))
          .sum()
          .backward(),
      );
    })(),
  };
}

/** The masks of dropout for the rows of this rank. */
function masks({ rows, shape, compiled }: { rows: readonly number[]; shape: readonly number[]; compiled: boolean }) {
  const isAlone = !distributed.isInitialized();
  const own = isAlone ? sum(rows) : rows[distributed.getRank()];
  manualSeed(8);
  const net = new (class extends nn.Module<[Tensor], Tensor> {
    layer = new nn.Linear(1, 1);
    override forward(x: Tensor) {
      const y = F.dropout(x, { p: 0.4 });
      return cat([y, F.dropout(x, { p: 0.5 })]).add(this.layer.bias.mul(0));
    }
  })();
  const divided: nn.Module<[Tensor], Tensor> = isAlone ? net : new nn.parallel.DistributedDataParallel(net);
  const call = compiled ? compile((x: Tensor) => divided(x)) : (x: Tensor) => divided(x);
  manualSeed(9);
  const first = call(ones([own, ...shape]));
  const second = call(ones([own, ...shape]));
  return { masks: [first, second].map((y) => [...y.data] as number[]), next: randn([1]).item() };
}

export const scenarios = { train, exchanges, normalize, disagree, accumulate, fail, refusals, masks, quarrel };
