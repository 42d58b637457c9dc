import { distributed, F, grad, nn, randn, type Tensor, tensor } from "evenkeel";
import { errorOf } from "./errorOf.ts";
import { startSums } from "./overlap.ts";

/** Ranks with different networks. */
export function disagree(kind: "shape" | "name" | "frozen" | "count") {
  const odd = distributed.getRank() === distributed.getWorldSize() - 1;
  const net = new nn.Sequential(new nn.Linear(3, odd && kind === "shape" ? 5 : 4), new nn.Tanh());
  if (odd && kind === "count") net.append(new nn.Linear(4, 1));
  if (odd && kind === "name") net.addModule("extra", new nn.Linear(2, 2));
  if (odd && kind === "frozen") net.at(0).getParameter("bias").requiresGrad_(false);
  return errorOf(() => new nn.parallel.DistributedDataParallel(net));
}

/** What is refused within a network that is divided. */
export function refusals({ overlaps = false }: { readonly overlaps?: boolean } = {}) {
  if (overlaps) startSums();
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
        { bucketCapMb: overlaps ? 1e-5 : 25 },
      );
      return errorOf(() =>
        forked(randn([2, 2]))
          .sum()
          .backward(),
      );
    })(),
  };
}
