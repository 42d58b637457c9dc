import { F, manualSeed, nn, optim, type Tensor } from "evenkeel";
import { estimateMean } from "evenkeel/study";
import { digits } from "./digits.ts";
import { type Conclusion, estimateIn, type Finding, least, mean, seedsFrom, type Tables, words } from "./finding.ts";
import { type Block, batchNorm, errorRate, mlp, plain, trainSteps } from "./training.ts";

type Order = (norm: nn.AnyModule) => nn.AnyModule[];
const orders: Readonly<Record<string, Order>> = {
  before: (norm) => [norm, new nn.ReLU()],
  after: (norm) => [new nn.ReLU(), norm],
};
const seeds = 10;

/** A network, made anew for each training, and the rates to choose from. */
interface Kind {
  readonly make: (order: string) => nn.AnyModule;
  readonly rates: readonly number[];
  readonly steps: number;
  readonly inputs: (x: Tensor) => Tensor;
}

const mlpKind: Kind = {
  make: (order) => mlp(49, 48, 8, 10, blockOf(order)),
  ...{ rates: [0.03, 0.1, 0.3], steps: 500 },
  inputs: (x) => F.avgPool2d(x, 2).flatten(1),
};
const convKind: Kind = {
  make(order) {
    const block = (from: number, to: number) => [
      new nn.Conv2d(from, to, 3, { padding: 1 }),
      ...orders[order](new nn.BatchNorm2d(to)),
    ];
    return new nn.Sequential(
      ...[...block(1, 8), new nn.MaxPool2d(2), ...block(8, 16)],
      ...[new nn.Flatten(), new nn.Linear(16 * 49, 10)],
    );
  },
  ...{ rates: [0.03, 0.1, 0.3], steps: 300 },
  inputs: (x) => x,
};
const kinds: Readonly<Record<string, Kind>> = { "8 hidden layers": mlpKind, "2 convolutions": convKind };

function blockOf(order: string): Block {
  if (order === "none") return plain;
  return order === "before" ? batchNorm : (width) => orders.after(new nn.BatchNorm1d(width));
}

function trainings(first: number, note: (text: string) => void): Tables {
  const { trainX, trainY, testX, testY } = digits(14);
  const [[fitX, validX], [fitY, validY]] = [trainX.split([7000, 1000]), trainY.split([7000, 1000])];
  const rows = Object.entries(kinds).flatMap(([kind, { make, rates, steps, inputs }]) => {
    const names = Object.keys(orders);
    const chosen = names.map((order) => {
      const byRate = rates.map((lr) => {
        note(`${kind}, BatchNorm ${order} the activation, rate ${lr}`);
        return seedsFrom(first, seeds).map((seed) => {
          manualSeed(seed);
          const net = make(order);
          const optimizer = new optim.SGD(net.parameters(), { lr });
          trainSteps(net, optimizer, { x: inputs(fitX), y: fitY, batchSize: 32, steps });
          return { valid: errorRate(net, inputs(validX), validY), test: errorRate(net, inputs(testX), testY) };
        });
      });
      const at = least([...rates.keys()], (i) => mean(byRate[i].map(({ valid }) => valid)));
      return { lr: rates[at], runs: byRate[at] };
    });
    return chosen.map(({ lr, runs }, i) => [
      kind,
      names[i],
      lr,
      estimateMean(runs.map(({ test }) => test)),
      i === 0 ? "" : estimateMean(runs.map(({ test }, seed) => test - chosen[0].runs[seed].test)),
    ]);
  });
  return { orders: { columns: ["network", "BatchNorm", "rate", "test error %", "after minus before"], rows } };
}

/** Of so many comparisons: how many show BatchNorm after the activation better, and how many worse. */
function verdictOf(better: number, worse: number, all: number): Conclusion["verdict"] {
  if (better === all) return "as published";
  if (better > 0) return "in part";
  return worse > 0 ? "not as published" : "undecided";
}

export const placement: Finding = {
  name: "placement",
  title: "BatchNorm after the activation",
  parts: [trainings],
  conclude({ orders: table }) {
    const differences = Object.keys(kinds).map((kind) => estimateIn(table, [kind, "after"], "after minus before"));
    const better = differences.filter(({ interval }) => interval !== null && interval.high < 0).length;
    const worse = differences.filter(({ interval }) => interval !== null && interval.low > 0).length;
    return {
      verdict: verdictOf(better, worse, differences.length),
      sentence:
        "After the activation instead of before it, the test error differs by " +
        `${Object.keys(kinds)
          .map((kind, i) => `${words(differences[i])} points with ${kind}`)
          .join(", by ")}.`,
    };
  },
};
