import { F, nn, optim, type Tensor, train } from "evenkeel";
import { estimateMean } from "evenkeel/study";
import { cars, inputs, overlap } from "./cars.ts";
import { estimateIn, estimateRatio, type Finding, mean, seedsFrom, type Tables, words } from "./finding.ts";
import { trainSteps } from "./training.ts";

interface Setting {
  readonly scale: "raw" | "z-scored";
  readonly lr: number;
  readonly falls: boolean;
  readonly momentum: number;
  readonly batchSize: number;
  readonly steps: number;
}

/** That of the tutorial. */
const tutorial: Setting = { scale: "raw", lr: 0.003, falls: false, momentum: 0.1, batchSize: 32, steps: 1000 };
const settings: readonly Setting[] = [
  { ...tutorial, steps: 300 },
  tutorial,
  { ...tutorial, steps: 3000 },
  { ...tutorial, lr: 0.03, steps: 100 },
  { ...tutorial, batchSize: 251 },
  { ...tutorial, momentum: 0.01 },
  { ...tutorial, falls: true },
  { ...tutorial, scale: "z-scored", steps: 300 },
  { ...tutorial, scale: "z-scored" },
  { ...tutorial, scale: "z-scored", lr: 0.03, steps: 100 },
  { ...tutorial, scale: "z-scored", momentum: 0.01 },
];
const seeds = 20;

/** The cells that name a row. */
function nameOf({ scale, lr, falls, momentum, batchSize, steps }: Setting): (string | number)[] {
  return [scale, falls ? `${lr} to 0` : lr, momentum, batchSize, steps];
}

const layers = (net: nn.AnyModule) => [...net.modules()].filter((layer) => layer instanceof nn.BatchNorm1d);
const statistics = (net: nn.AnyModule) =>
  layers(net).map(({ running_mean, running_var }) => [running_mean as Tensor, running_var as Tensor]);

function trained({ scale, lr, falls, momentum, batchSize, steps }: Setting, seed: number) {
  const { trainX, trainY, testX, testY } = cars(seed, scale);
  // The network of the tutorial.
  const net = new nn.Sequential(
    ...[new nn.Linear(inputs, 50), new nn.BatchNorm1d(50, { momentum }), new nn.ReLU()],
    ...[new nn.Linear(50, 25), new nn.BatchNorm1d(25, { momentum }), new nn.ReLU()],
    new nn.Linear(25, 1),
  );
  const optimizer = new optim.Adam(net.parameters(), { lr });
  const schedule = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: steps });
  const onStep = () => {
    if (falls) schedule.step();
  };
  trainSteps(net, optimizer, { x: trainX, y: trainY, batchSize, steps, loss: F.mseLoss, onStep });
  const mae = () => train.meanAbsoluteError(train.predict(net, testX), testY);
  const averages = statistics(net).map((both) => both.map((values) => values.clone()));
  const asTrained = mae();
  train.updateBatchNorm(net, [[trainX, trainY]]); // the population's: all training rows in one batch
  const lags = statistics(net).map(([centre, variance], i) => {
    // A unit that is the same for all rows has no standard deviation to measure by.
    const distance = averages[i][0].sub(centre).abs().div(variance.add(1e-5).sqrt());
    return distance.mean().item();
  });
  return { asTrained, recomputed: mae(), lag: mean(lags) };
}

function trainings(first: number, note: (text: string) => void): Tables {
  const rows = settings.map((setting) => {
    note(nameOf(setting).join(", "));
    const runs = seedsFrom(first, seeds).map((seed) => trained(setting, seed));
    const average = (of: (run: (typeof runs)[number]) => number) => estimateMean(runs.map(of), { overlap });
    const ratio = estimateRatio(
      runs.map(({ asTrained, recomputed }) => [asTrained, recomputed]),
      { overlap },
    );
    return [
      ...nameOf(setting),
      average(({ asTrained }) => asTrained),
      average(({ recomputed }) => recomputed),
      ratio,
      `${runs.filter(({ asTrained, recomputed }) => asTrained > recomputed).length} of ${seeds}`,
      average((run) => run.lag),
    ];
  });
  return {
    lag: {
      columns: [
        ...["inputs", "rate", "momentum", "batch", "steps"],
        ...["MAE as trained", "MAE recomputed", "ratio", "recomputed is better", "lag"],
      ],
      rows,
    },
  };
}

export const lag: Finding = {
  name: "lag",
  title: "Averages that lag behind",
  parts: [trainings],
  conclude({ lag: table }) {
    const ratio = (setting: Setting) => estimateIn(table, nameOf(setting), "ratio");
    const constant = ratio(tutorial);
    const short = ratio({ ...tutorial, steps: 300 });
    const fallen = ratio({ ...tutorial, falls: true });
    const lags = [constant, short].filter(({ interval }) => (interval?.low ?? 0) > 1).length;
    const ends = (fallen.interval?.high ?? Infinity) < 1.05;
    return {
      verdict: lags === 2 && ends ? "as published" : lags > 0 || ends ? "in part" : "not as published",
      sentence:
        `In the tutorial's own set-up the error by running averages is ${words(constant)} times that by statistics of all ` +
        `rows after 1,000 steps, and ${words(short)} times after 300; where the rate falls to 0, ${words(fallen)} times.`,
    };
  },
};
