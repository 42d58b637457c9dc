import { compile, distributed, Generator, manualSeed, nn, optim, randn, type Tensor } from "evenkeel";
import { errorOf } from "./errorOf.ts";
import { ownRows, sum } from "./rows.ts";

type Floats = Float32Array | Float64Array;

/**
 * Has this rank's group start sums, which it makes when they are waited for, of what the data were.
 * Returns what is called from now on.
 */
export function startSums(): string[] {
  const real = distributed.getCommunicator();
  const calls: string[] = [];
  const overlapping: distributed.Communicator = {
    rank: real.rank,
    size: real.size,
    allReduce: (data, reduction) => {
      calls.push("sum");
      real.allReduce(data, reduction);
    },
    startAllReduce: (data: Floats, reduction) => {
      calls.push("start");
      const own = data.slice();
      return (into) => {
        calls.push("finish");
        real.allReduce(own, reduction);
        into.set(own);
      };
    },
    broadcast: (data, root) => real.broadcast(data, root),
    allGather: (bytes) => real.allGather(bytes),
    gather: (bytes, root) => real.gather(bytes, root),
    barrier: () => real.barrier(),
    abort: (reason) => real.abort(reason),
  };
  distributed.destroyProcessGroup();
  distributed.init(overlapping);
  return calls;
}

/** Keeps what is warned of, until what it returns is called, which gives it. */
function warnings(): () => string[] {
  const { warn } = console;
  const texts: string[] = [];
  console.warn = (text: string) => texts.push(text);
  return () => {
    console.warn = warn;
    return texts;
  };
}

export interface Overlapping {
  readonly overlaps: boolean;
  readonly compiled: boolean;
  readonly dtype: "float32" | "float64";
  /** Millions of bytes of a message. */
  readonly bucketCapMb: number;
  readonly divisions: readonly (readonly number[])[];
}

/** A layer that is used twice, and one that no rank uses. */
class Net extends nn.Module<[Tensor], Tensor> {
  first = new nn.Linear(5, 6);
  norm = new nn.SyncBatchNorm(6);
  again = new nn.Linear(6, 6, { bias: false });
  spare = new nn.Linear(3, 3);
  last = new nn.Linear(6, 2);
  override forward(x: Tensor): Tensor {
    return this.last(this.again(this.again(this.norm(this.first(x)).tanh()).tanh()));
  }
}

/**
 * Trains, with gradients that add up over two passes, also over one that exchanges nothing. Gives
 * the gradients after every step, the calls of the last one, and those of a pass that fails.
 */
export function overlap({ overlaps, compiled, dtype, bucketCapMb, divisions }: Overlapping) {
  const calls = overlaps ? startSums() : [];
  const warned = warnings();
  manualSeed(8);
  const plain = new Net().to(dtype);
  const net = new nn.parallel.DistributedDataParallel(plain, { bucketCapMb });
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
  const errorsOf = (x: Tensor) => net(x).square().mean(1).mean();
  const take = (x: Tensor) => {
    optimizer.zeroGrad();
    errorsOf(x).backward();
    net.noSync(() => errorsOf(x.mul(2)).backward());
    errorsOf(x.mul(3)).backward();
    errorsOf(x.mul(4)).backward();
    optimizer.step();
  };
  const step = compiled ? compile(take) : take;
  const pass = compiled ? compile((x: Tensor) => errorsOf(x).backward()) : (x: Tensor) => errorsOf(x).backward();
  const generator = new Generator(9);
  const found: (number[] | null)[][] = [];
  for (const division of divisions) {
    step(ownRows(randn([sum(division), 5], { generator, dtype }), division));
    found.push([
      ...plain.parameters().flatMap((p) => [[...p.data], p.grad && [...p.grad.data]] as (number[] | null)[]),
    ]);
  }
  const [division] = divisions;
  const x = ownRows(randn([sum(division), 5], { generator, dtype }), division);
  net.zeroGrad();
  pass(x);
  calls.length = 0;
  pass(x);
  const ofPass = [...calls];
  calls.length = 0;
  const gradients = () => plain.parameters().map(({ grad }) => grad && [...grad.data]);
  const before = gradients();
  // What is computed first is differentiated last: the gradient of the last layer is under way then.
  const failed = errorOf(() => {
    const y = plain.first(x);
    y.registerHook(() => {
      throw new Error("no further");
    });
    net(x).sum().add(y.sum()).backward();
  });
  const same = JSON.stringify(gradients()) === JSON.stringify(before);
  return { found, ofPass, failed, same, ofFailed: [...calls], warned: warned() };
}
