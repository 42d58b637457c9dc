import { manualSeed, optim, train } from "evenkeel";
import { estimateMean } from "evenkeel/study";
import { digits } from "./digits.ts";
import { estimateIn, type Finding, least, mean, seedsFrom, type Tables, words } from "./finding.ts";
import { batchNorm, errorRate, mlp, plain, trainSteps } from "./training.ts";

const rates = [0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const [width, depth, batchSize, steps] = [48, 10, 64, 1200];
const seeds = 10;

/** Test errors in percent, a list of seeds for each rate; one that diverged guesses. */
function sweep(first: number, note: (text: string) => void): Tables {
  const { trainX, trainY, testX, testY } = digits();
  const [x, unseen] = [trainX.flatten(1), testX.flatten(1)];
  const errors = [plain, batchNorm].map((block) =>
    rates.map((lr) => {
      note(`${block === plain ? "without" : "with"} BatchNorm, rate ${lr}`);
      return seedsFrom(first, seeds).map((seed) => {
        manualSeed(seed);
        const net = mlp(x.shape[1], width, depth, 10, block);
        const loss = trainSteps(net, new optim.SGD(net.parameters(), { lr }), { x, y: trainY, batchSize, steps });
        train.updateBatchNorm(net, [[x, trainY]]); // averages that lag behind are another finding
        return Number.isFinite(loss) ? errorRate(net, unseen, testY) : 90;
      });
    }),
  );
  const difference = (one: readonly number[], other: readonly number[]) =>
    estimateMean(one.map((error, i) => error - other[i]));
  const [without, withIt] = errors;
  // A training that gets half of the digits wrong has not trained.
  const trainedIn = (list: readonly number[]) => list.filter((error) => error < 50).length;
  const largest = errors.map((lists) => rates.filter((_, i) => trainedIn(lists[i]) === seeds).at(-1) ?? Number.NaN);
  const best = errors.map((lists) => least([...rates.keys()], (i) => mean(lists[i])));
  return {
    sweep: {
      columns: ["rate", "error without %", "trained", "error with BatchNorm %", "trained with", "with minus without"],
      rows: rates.map((lr, i) => [
        lr,
        estimateMean(without[i]),
        `${trainedIn(without[i])} of ${seeds}`,
        estimateMean(withIt[i]),
        `${trainedIn(withIt[i])} of ${seeds}`,
        difference(withIt[i], without[i]),
      ]),
    },
    best: {
      columns: ["question", "answer"],
      rows: [
        ["largest rate at which all seeds train, without", largest[0]],
        ["with BatchNorm", largest[1]],
        ["their ratio", largest[1] / largest[0]],
        ["best rate without", rates[best[0]]],
        ["best rate with BatchNorm", rates[best[1]]],
        ["at the best rate without: error with minus without", difference(withIt[best[0]], without[best[0]])],
        ["each at its best rate: error with minus without", difference(withIt[best[1]], without[best[0]])],
      ],
    },
  };
}

export const rateSweep: Finding = {
  name: "rates",
  title: "Learning rates",
  parts: [sweep],
  conclude({ best }) {
    const numberOf = (question: string) => best.rows.find(([name]) => name === question)?.[1] as number;
    const equal = estimateIn(best, ["at the best rate without: error with minus without"], "answer");
    const both = estimateIn(best, ["each at its best rate: error with minus without"], "answer");
    const ratio = numberOf("their ratio");
    // The smallest difference of interest is half a point: 10 of 2,000 digits.
    const comparable = equal.interval !== null && equal.interval.low > -0.5 && equal.interval.high < 0.5;
    const better = both.interval !== null && both.interval.high < 0;
    const held = [ratio > 1, comparable, better].filter(Boolean).length;
    return {
      verdict: held === 3 ? "as published" : held > 0 ? "in part" : "not as published",
      sentence:
        `BatchNorm trains at rates ${ratio} times as large. Its test error minus that without is ${words(equal)} points at ` +
        `the best rate of the network without, and ${words(both)} points with each at its best rate.`,
    };
  },
};
