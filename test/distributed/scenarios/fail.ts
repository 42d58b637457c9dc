import { compile, distributed, Generator, getRngState, manualSeed, nn, optim, randn, type Tensor } from "evenkeel";
import { errorOf } from "./errorOf.ts";
import { nets, stateOf } from "./nets.ts";
import { startSums } from "./overlap.ts";

/** What is left of a step in which a message fails, and the error. */
export function fail({ at, compiled, overlaps = false }: { at: number; compiled: boolean; overlaps?: boolean }) {
  if (overlaps) startSums();
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
  const net = new nn.parallel.DistributedDataParallel(plain, overlaps ? { bucketCapMb: 2e-4 } : {});
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
