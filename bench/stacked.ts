import { parseArgs } from "node:util";
import { compile, manualSeed, noGrad, randn, stack, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";
import { Adam } from "evenkeel/optim";

/**
 * Whether k small networks train faster in one program than one after another, as a study trains
 * them: each has weights, batch statistics, batches and a loss of its own. `npx tsx bench/stacked.ts`
 */

const help = `npx tsx bench/stacked.ts [options]

  --counts LIST   numbers of networks in one program (1,4,8,16,32)
  --batch N       rows of each network's batch (32)
  --rounds N      turns of each (200)
  --wide          with vectors of 256 bits: Node 22 and later
  --help`;

const { values: options } = parseArgs({
  options: {
    counts: { type: "string", default: "1,4,8,16,32" },
    batch: { type: "string", default: "32" },
    rounds: { type: "string", default: "200" },
    wide: { type: "boolean" },
    help: { type: "boolean" },
  },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}
if (options.wide) await import("evenkeel/node");
const [batch, rounds] = [Number(options.batch), Number(options.rounds)];
const widths = [9, 50, 25, 1] as const;

/** The tutorial's network. */
const single = () =>
  new nn.Sequential(
    ...[new nn.Linear(9, 50), new nn.BatchNorm1d(50), new nn.ReLU()],
    ...[new nn.Linear(50, 25), new nn.BatchNorm1d(25), new nn.ReLU()],
    new nn.Linear(25, 1),
  );

/** k of them: [batch, k, 9] -> [batch, k, 1]. The batch norm of k * 50 columns is that of each network's 50. */
class Stacked extends nn.Module<[Tensor]> {
  readonly k: number;
  linears: nn.ModuleList<nn.LinearEnsemble>;
  norms: nn.ModuleList<nn.BatchNorm1d>;

  constructor(k: number) {
    super();
    this.k = k;
    this.linears = new nn.ModuleList([0, 1, 2].map((i) => new nn.LinearEnsemble(widths[i], widths[i + 1], { k })));
    this.norms = new nn.ModuleList([50, 25].map((width) => new nn.BatchNorm1d(k * width)));
  }

  override forward(x: Tensor): Tensor {
    const { k } = this;
    let h = x;
    for (const [i, norm] of [...this.norms].entries()) {
      const width = widths[i + 1];
      h = norm(
        this.linears
          .at(i)(h)
          .reshape([batch, k * width]),
      )
        .relu()
        .reshape([batch, k, width]);
    }
    return this.linears.at(2)(h);
  }
}

function stepOf(net: nn.Module<[Tensor], Tensor>, k: number) {
  const optimizer = new Adam(net.parameters());
  return compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y).mul(k); // the sum of the networks' losses
    loss.backward();
    optimizer.step();
    return loss;
  });
}

/** Puts the weights of k networks into one. */
function copyInto(stacked: Stacked, nets: readonly nn.Sequential[]): void {
  noGrad(() => {
    for (const [i, at] of [0, 3, 6].entries()) {
      const layers = nets.map((net) => net.at(at) as nn.Linear);
      stacked.linears.at(i).weight.copy_(stack(layers.map(({ weight }) => weight.t())));
      stacked.linears.at(i).bias?.copy_(stack(layers.map(({ bias }) => bias as Tensor)));
    }
  });
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

console.log(`Node ${process.version}, batch ${batch}${options.wide ? ", vectors of 256 bits" : ""}`);
for (const k of options.counts.split(",").map(Number)) {
  manualSeed(0);
  const nets = Array.from({ length: k }, single);
  const stacked = new Stacked(k);
  copyInto(stacked, nets);
  const [xs, ys] = [9, 1].map((width) => randn([batch, k, width]));
  const own = Array.from({ length: k }, (_, j) => [xs, ys].map((all) => all.select(1, j).clone()));
  const steps = nets.map((net) => stepOf(net, 1));
  const together = stepOf(stacked, k);
  for (let i = 0; i < 20; i++) {
    const expected = steps.map((step, j) => step(own[j][0], own[j][1]).item()).reduce((a, b) => a + b);
    const found = together(xs, ys).item();
    if (!(Math.abs(found - expected) < 1e-4 * expected)) throw new Error(`step ${i}: ${found}, expected ${expected}`);
  }
  const times: [number[], number[]] = [[], []];
  const turns = [() => steps[0](own[0][0], own[0][1]), () => together(xs, ys)];
  const counts = [200, Math.ceil(200 / k)];
  for (let round = -20; round < rounds; round++) {
    for (const [i, turn] of turns.entries()) {
      const start = performance.now();
      for (let n = 0; n < counts[i]; n++) turn();
      if (round >= 0) times[i].push((1000 * (performance.now() - start)) / counts[i] / (i === 0 ? 1 : k));
    }
  }
  const ratios = times[0].map((time, round) => time / times[1][round]);
  const text = (values: readonly number[]) => `${Math.min(...values).toFixed(2)} (median ${median(values).toFixed(2)})`;
  console.log(
    `${k} networks: a step of one takes ${text(times[0])} us alone, ${text(times[1])} us among them: ${median(ratios).toFixed(2)} times as fast`,
  );
}
