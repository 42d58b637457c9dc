import { compile, F, manualSeed, nn, noGrad, optim, rand, randn, type Tensor, train } from "evenkeel";
import { estimateMean } from "evenkeel/study";
import { digits } from "./digits.ts";
import { estimateIn, estimateRatio, type Finding, least, mean, seedsFrom, type Tables, words } from "./finding.ts";
import { type Block, batchNorm, errorRate, mlp, plain, trainSteps } from "./training.ts";

/**
 * Noise whose mean and scale are drawn anew at every step, for each unit, and again, around these,
 * for each value: algorithm 1 in the appendix of Santurkar et al. (2018), with its constants.
 */
class MovingNoise extends nn.Module {
  forward(x: Tensor): Tensor {
    if (!this.training) return x;
    const [rows, units] = x.shape;
    const shift = rand([1, units]).sub(0.5); // from -0.5 to 0.5
    const scale = rand([1, units]).mul(0.25).add(1); // from 1 to 1.25
    const shifts = rand([rows, units]).sub(0.5).mul(0.2).add(shift);
    const scales = randn([rows, units]).mul(0.1).add(scale);
    return x.mul(scales).add(shifts);
  }
}

const arms: Readonly<Record<string, Block>> = {
  "no normalization": plain,
  BatchNorm: batchNorm,
  "BatchNorm, then noise": (width) => [new nn.BatchNorm1d(width), new MovingNoise(), new nn.ReLU()],
};
const [PLAIN, BATCH, NOISY] = Object.keys(arms);
const rates = [0.03, 0.1, 0.3, 1];
const [width, depth, batchSize, steps, target] = [48, 8, 64, 400, 0.5];

interface Run {
  /** Steps until the loss is at most the target; all steps if it never is. */
  readonly until: number;
  /** Test error, percent. */
  readonly error: number;
  /** How far the mean of a unit moves in a step, in standard deviations of the unit. */
  readonly shift: number;
}

type Data = ReturnType<typeof digits>;

function trained(block: Block, lr: number, seed: number, { trainX, trainY, testX, testY }: Data): Run {
  manualSeed(seed);
  const x = trainX.flatten(1);
  const net = mlp(x.shape[1], width, depth, 10, block);
  const layers = [...net.children()];
  const [rows, classes] = [x.narrow(0, 0, 400), trainY.narrow(0, 0, 400)];
  const noises = layers.filter((layer) => layer instanceof MovingNoise);

  // The loss without noise, by statistics of the batch: what is asked is how good the weights are.
  const score = compile(() => noGrad(() => F.crossEntropy(net(rows), classes)), { check: "never" });
  // The inputs of the activation in the middle.
  const perBlock = (layers.length - 1) / depth;
  const half = new nn.Sequential(...layers.slice(0, (depth / 2) * perBlock - 1));
  const middle = compile(
    () =>
      noGrad(() => {
        const inputs = half(rows);
        return [inputs.mean(0), inputs.std(0)];
      }),
    { check: "never" },
  );

  let until = steps;
  let before: Tensor | undefined;
  const shifts: number[] = [];
  const onStep = (step: number) => {
    if (step % 10 === 0 && until === steps) {
      for (const noise of noises) noise.eval();
      if (score().item() <= target) until = step;
      for (const noise of noises) noise.train();
    }
    if (step > 100 && step <= 130) {
      const [now, deviation] = middle();
      if (before !== undefined) shifts.push(now.sub(before).abs().div(deviation.add(1e-6)).mean().item());
      before = now;
    }
  };
  trainSteps(net, new optim.SGD(net.parameters(), { lr }), { x, y: trainY, batchSize, steps, onStep });
  score.dispose();
  middle.dispose();
  train.updateBatchNorm(net, [[x, trainY]], { dropout: false }); // without noise, as it predicts
  return {
    until,
    error: errorRate(net, testX.flatten(1), testY),
    shift: shifts.length > 0 ? mean(shifts) : Number.NaN,
  };
}

function trainings(first: number, note: (text: string) => void): Tables {
  const data = digits();
  const runs = (arm: string, lr: number, seeds: readonly number[]) => {
    note(`${arm}, rate ${lr}`);
    return seeds.map((seed) => trained(arms[arm], lr, seed, data));
  };
  const names = Object.keys(arms);
  const until = (all: readonly Run[]) => estimateMean(all.map((run) => run.until));
  // The rate of each arm is chosen by other seeds than those that compare the arms.
  const search = names.map((arm) => rates.map((lr) => until(runs(arm, lr, seedsFrom(first + 1000, 3)))));
  const chosen = search.map((row) => least(rates, (lr) => row[rates.indexOf(lr)].value));
  const final = names.map((arm, i) => runs(arm, chosen[i], seedsFrom(first, 10)));
  const ratio = (one: readonly Run[], other: readonly Run[]) =>
    estimateRatio(one.map((run, i) => [run.until, other[i].until]));
  return {
    search: {
      columns: ["network", ...rates.map((lr) => `rate ${lr}`)],
      rows: names.map((arm, i) => [arm, ...search[i]]),
    },
    compared: {
      columns: [
        "network",
        "rate",
        "steps",
        "steps / those of BatchNorm",
        "steps / those without",
        "shift",
        "test error %",
      ],
      rows: names.map((arm, i) => [
        arm,
        chosen[i],
        until(final[i]),
        arm === BATCH ? "" : ratio(final[i], final[1]),
        arm === PLAIN ? "" : ratio(final[i], final[0]),
        estimateMean(final[i].map(({ shift }) => shift)),
        estimateMean(final[i].map(({ error }) => error)),
      ]),
    },
  };
}

export const noise: Finding = {
  name: "noise",
  title: "Noise after BatchNorm",
  parts: [trainings],
  conclude({ compared }) {
    const [byPlain, byBatch] = ["steps / those without", "steps / those of BatchNorm"].map((column) =>
      estimateIn(compared, [NOISY], column),
    );
    const faster = (byPlain.interval?.high ?? Infinity) < 1;
    const asFast = (byBatch.interval?.high ?? Infinity) < 1.25;
    const [noisy, without] = [NOISY, PLAIN].map((arm) => estimateIn(compared, [arm], "shift").value);
    return {
      verdict: faster && asFast ? "as published" : faster || asFast ? "in part" : "not as published",
      sentence:
        `With noise after BatchNorm a training takes ${words(byPlain)} times the steps of one without normalization, and ` +
        `${words(byBatch)} times those of BatchNorm without noise; the means of its units move ${noisy} standard ` +
        `deviations a step, without normalization ${without}.`,
    };
  },
};
