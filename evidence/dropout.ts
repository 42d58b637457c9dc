import { manualSeed, nn, optim, randn, type Tensor, train } from "evenkeel";
import { estimateMean } from "evenkeel/study";
import { digits } from "./digits.ts";
import { estimateIn, type Finding, seedsFrom, type Tables, words } from "./finding.ts";
import { type Block, batchNorm, errorRate, mlp, trainSteps } from "./training.ts";

/** The variance behind a dropout in training by that in evaluation, measured and by formula; nothing is trained. */
function factors(first: number): Tables {
  // A ReLU makes of a standard normal: mean 1 / sqrt(2 pi), variance 1/2 - 1 / (2 pi).
  const [square, variance] = [1 / (2 * Math.PI), 1 / 2 - 1 / (2 * Math.PI)];
  const rows = [0.1, 0.3, 0.5].map((p) => {
    const measured = seedsFrom(first, 10).map((seed) => {
      manualSeed(seed);
      const x = randn([4096, 16]).relu();
      const norm = new nn.BatchNorm1d(16, { momentum: 1 }); // keeps the statistics of the latest batch
      new nn.Sequential(new nn.Dropout(p), norm)(x);
      return (norm.running_var as Tensor).div(x.var(0)).mean().item();
    });
    return [p, (1 + (p * square) / variance) / (1 - p), estimateMean(measured)];
  });
  return { factors: { columns: ["dropout", "by formula", "measured"], rows } };
}

const p = 0.5;
const drop = () => new nn.Dropout(p);
const places: Readonly<Record<string, { readonly block: Block; readonly last?: boolean }>> = {
  "no dropout": { block: batchNorm },
  "after the last BatchNorm": { block: batchNorm, last: true },
  "in every block, after ReLU": { block: (width) => [...batchNorm(width), drop()] },
  "in every block, right before BatchNorm": { block: (width) => [drop(), ...batchNorm(width)] },
};
const [NONE, LAST, BLOCKS, RIGHT] = Object.keys(places);
const widths = [16, 64];
const [depth, batchSize, steps, lr, seeds] = [4, 64, 600, 0.1, 10];

function trained(
  place: string,
  width: number,
  seed: number,
  { trainX, trainY, testX, testY }: ReturnType<typeof digits>,
) {
  manualSeed(seed);
  const x = trainX.flatten(1);
  const { block, last = false } = places[place];
  const layers = [...mlp(x.shape[1], width, depth, 10, block).children()] as nn.AnyModule[];
  const net = new nn.Sequential(...layers.slice(0, -1), ...(last ? [drop()] : []), ...layers.slice(-1));
  trainSteps(net, new optim.SGD(net.parameters(), { lr }), { x, y: trainY, batchSize, steps });
  const error = () => errorRate(net, testX.flatten(1), testY);
  const asTrained = error();
  const norms = [...net.modules()].filter((layer) => layer instanceof nn.BatchNorm1d);
  const variances = (dropout: boolean) => {
    train.updateBatchNorm(net, [[x, trainY]], { dropout });
    return norms.map(({ running_var }) => (running_var as Tensor).clone());
  };
  // The same weights, and all rows: first with dropout, then as in evaluation.
  const inTraining = variances(true);
  const ratios = variances(false).map((variance, i) => inTraining[i].div(variance.add(1e-5)).mean().item());
  return { asTrained, recomputed: error(), shift: Math.max(...ratios) };
}

function trainings(first: number, note: (text: string) => void): Tables {
  const data = digits();
  const rows = widths.flatMap((width) => {
    const all = Object.keys(places).map((place) => {
      note(`${width} units, dropout ${place}`);
      return seedsFrom(first, seeds).map((seed) => trained(place, width, seed, data));
    });
    return all.map((runs, i) => {
      const estimate = (of: (run: (typeof runs)[number], seed: number) => number) => estimateMean(runs.map(of));
      return [
        width,
        Object.keys(places)[i],
        estimate(({ shift }) => shift),
        estimate(({ asTrained }) => asTrained),
        estimate(({ recomputed }) => recomputed),
        i === 0 ? "" : estimate(({ asTrained }, seed) => asTrained - all[0][seed].asTrained),
        estimate(({ asTrained, recomputed }) => asTrained - recomputed),
      ];
    });
  });
  return {
    trained: {
      columns: [
        "units",
        "dropout",
        "variance ratio",
        "error as trained %",
        "recomputed %",
        "minus no dropout",
        "cost of the shift",
      ],
      rows,
    },
  };
}

export const dropout: Finding = {
  name: "dropout",
  title: "Dropout before BatchNorm",
  parts: [factors, trainings],
  conclude({ trained: table }) {
    const cell = (width: number, place: string, column: string) => estimateIn(table, [width, place], column);
    const [narrow, wide] = widths;
    const harm = cell(narrow, RIGHT, "minus no dropout");
    const shift = cell(narrow, RIGHT, "cost of the shift");
    const after = cell(narrow, LAST, "minus no dropout");
    const claims = [
      (harm.interval?.low ?? 0) > 0,
      (shift.interval?.low ?? 0) > 0,
      shift.value > harm.value / 2, // the shift is what harms
      after.value < harm.value,
      cell(wide, RIGHT, "minus no dropout").value < harm.value,
    ];
    const held = claims.filter(Boolean).length;
    return {
      verdict: held === claims.length ? "as published" : held > 0 ? "in part" : "not as published",
      sentence:
        `Right before BatchNorm, dropout 0.5 costs ${words(harm)} points at ${narrow} units, of which the shift alone ` +
        `${words(shift)}; after ReLU in every block ${words(cell(narrow, BLOCKS, "minus no dropout"))}; after the last ` +
        `BatchNorm ${words(after)} (test error ${cell(narrow, NONE, "error as trained %").value}% without dropout).`,
    };
  },
};
