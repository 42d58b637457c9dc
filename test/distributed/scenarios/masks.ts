import { cat, compile, distributed, F, manualSeed, nn, ones, randn, type Tensor } from "evenkeel";
import { sum } from "./rows.ts";

/** The masks of dropout for the rows of this rank. */
export function masks({
  rows,
  shape,
  compiled,
}: {
  rows: readonly number[];
  shape: readonly number[];
  compiled: boolean;
}) {
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
