import { F, manualSeed, nn, optim, randn, train } from "evenkeel";
import { estimateMean } from "evenkeel/study";
import { cars, inputs, overlap } from "./cars.ts";
import { estimateIn, type Finding, least, mean, seedsFrom, type Tables, words } from "./finding.ts";
import { type Block, batchNorm, mlp, plain, trainSteps } from "./training.ts";

const sizes = [2, 4, 8, 16, 32];

/** By how much larger the outputs of BatchNorm are in training than in evaluation; nothing is trained. */
function factors(first: number): Tables {
  const units = 64;
  const rows = sizes.map((size) => {
    const measured = seedsFrom(first, 10).map((seed) => {
      manualSeed(seed);
      // [batches, rows, units]: the population has variance 1, so that 1 / sd is the factor.
      const variance = randn([100, size, units]).var(1, { correction: 0 });
      return variance.add(1e-5).sqrt().reciprocal().mean().item();
    });
    return [size, size > 2 ? factor(size) : "infinite without eps", estimateMean(measured)];
  });
  return { factors: { columns: ["batch", "by formula", "measured"], rows } };
}

/** The mean of 1 / sd over batches of n normal values: sqrt(n / 2) gamma((n - 2) / 2) / gamma((n - 1) / 2). */
function factor(n: number): number {
  const gammaOfHalf = (k: number): number => {
    if (k === 1) return Math.sqrt(Math.PI);
    return k === 2 ? 1 : (k / 2 - 1) * gammaOfHalf(k - 2);
  };
  return (Math.sqrt(n / 2) * gammaOfHalf(n - 2)) / gammaOfHalf(n - 1);
}

const arms: Readonly<Record<string, Block>> = {
  "no normalization": plain,
  BatchNorm: batchNorm,
  LayerNorm: (width) => [new nn.LayerNorm(width), new nn.ReLU()],
};
const rates = [0.003, 0.01];
const [width, depth, epochs, seeds] = [32, 2, 20, 10];

function trained(block: Block, batchSize: number, lr: number, seed: number) {
  const { trainX, validX, testX, ...targets } = cars(seed, "z-scored");
  // A training of 140 steps has no time to find the mean first.
  const centre = targets.trainY.mean();
  const [trainY, validY, testY] = [targets.trainY, targets.validY, targets.testY].map((y) => y.sub(centre));
  const net = mlp(inputs, width, depth, 1, block);
  const steps = epochs * Math.floor(trainX.shape[0] / batchSize);
  trainSteps(net, new optim.Adam(net.parameters(), { lr }), {
    x: trainX,
    y: trainY,
    batchSize,
    steps,
    loss: F.mseLoss,
  });
  const mae = () => train.meanAbsoluteError(train.predict(net, testX), testY);
  const [valid, asTrained] = [train.meanAbsoluteError(train.predict(net, validX), validY), mae()];
  // By statistics of the batch, in batches of the size of the training: what was minimized.
  const loader = trainX
    .split(batchSize)
    .flatMap((x, i) => (x.shape[0] === batchSize ? [[x, trainY.split(batchSize)[i]]] : []));
  const gap = train.batchNormGap(net, loader as [typeof trainX, typeof trainY][], { loss: new nn.L1Loss() });
  train.updateBatchNorm(net, [[trainX, trainY]]);
  return { valid, asTrained, recomputed: mae(), batch: gap.batch.loss, running: gap.running.loss };
}

function trainings(first: number, note: (text: string) => void): Tables {
  const bySize = sizes.map((size) =>
    Object.entries(arms).map(([name, block]) => {
      note(`batches of ${size}, ${name}`);
      const all = rates.map((lr) => seedsFrom(first, seeds).map((seed) => trained(block, size, lr, seed)));
      const chosen = least([...rates.keys()], (i) => mean(all[i].map(({ valid }) => valid)));
      return { name, lr: rates[chosen], runs: all[chosen] };
    }),
  );
  const rows = sizes.flatMap((size, i) =>
    bySize[i].map(({ name, lr, runs }) => {
      const average = (of: (run: (typeof runs)[number], seed: number) => number) =>
        estimateMean(runs.map(of), { overlap });
      const reference = bySize[i][0].runs;
      const isBatch = name === "BatchNorm";
      return [
        size,
        name,
        lr,
        average(({ asTrained }) => asTrained),
        name === "no normalization" ? "" : average(({ asTrained }, seed) => asTrained - reference[seed].asTrained),
        isBatch ? average(({ recomputed }) => recomputed) : "",
        isBatch ? average(({ batch }) => batch) : "",
        isBatch ? average(({ running }) => running) : "",
      ];
    }),
  );
  return {
    trained: {
      columns: [
        "batch",
        "network",
        "rate",
        "test MAE",
        "minus none",
        "recomputed",
        "training MAE by batch",
        "by averages",
      ],
      rows,
    },
  };
}

export const batches: Finding = {
  name: "batches",
  title: "Small batches",
  parts: [factors, trainings],
  conclude({ trained: table }) {
    const [tiny, usual] = [2, 32].map((size) => estimateIn(table, [size, "BatchNorm"], "minus none"));
    const layer = estimateIn(table, [2, "LayerNorm"], "minus none");
    const harmed = (tiny.interval?.low ?? 0) > 0;
    const fine = (usual.interval?.low ?? 0) <= 0;
    const steady = layer.value < tiny.value / 2;
    const held = [harmed, fine, steady].filter(Boolean).length;
    return {
      verdict: held === 3 ? "as published" : held > 0 ? "in part" : "not as published",
      sentence:
        `With batches of 2 the error with BatchNorm minus that without is ${words(tiny)} mpg, with LayerNorm ` +
        `${words(layer)}; with batches of 32 it is ${words(usual)} with BatchNorm.`,
    };
  },
};
