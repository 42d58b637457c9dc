import type { Arm, Statistics } from "../arms/arm.ts";
import { type Candidate, judged, overall, shown } from "../report/judge.ts";
import { deviationsFromMedian, estimateMean, mean } from "../report/statistics.ts";
import { pairsOf, type StudyView } from "../report/view.ts";
import { percent } from "../report/words.ts";
import { type Claim, describeWorth, notStudied, settingsOf, tell, testError, unitOf, worthOf } from "./claim.ts";

const worthSpread = -0.1;
/**
 * Two values lie equally far from their median, and the grid has few rates: with fewer seeds than
 * this, spreads may agree by chance.
 */
const fewestSeeds = 5;
const worthRates = -0.1;

/**
 * The rates of the grid at which an arm trains, by seed. It trains if its final validation error
 * covers at least nine tenths of the distance from the best constant to the best network of that
 * seed, over all arms and rates.
 */
export function trainingRates(view: StudyView, arm: Arm, statistics: Statistics = "kept"): Map<number, number[]> {
  const { arms, lrs, seeds } = view.plan;
  const found = new Map<number, number[]>();
  for (const seed of seeds) {
    const best = Math.min(
      ...arms.flatMap((other) =>
        lrs.map((lr) => view.at(other, lr, "kept").get(seed)?.validation ?? Number.POSITIVE_INFINITY),
      ),
    );
    const own = lrs.map((lr) => ({ lr, seen: view.at(arm, lr, statistics).get(seed) }));
    const constant = view.constantOf(seed);
    if (constant === undefined || own.some(({ seen }) => seen === undefined)) continue;
    // No network learned anything on this seed, so no rate is better than another.
    if (best >= constant) continue;
    const enough = best + 0.1 * (constant - best);
    const good = own.filter(({ seen }) => seen !== undefined && !seen.diverged && seen.validation <= enough);
    found.set(
      seed,
      good.map(({ lr }) => lr),
    );
  }
  return found;
}

const nothing = "Nothing to compare: seeds hardly differ, and no rate fails.";

/** Claim 2. */
export function stability(view: StudyView): Claim {
  const { lrs } = view.plan;
  const unit = unitOf(view);
  const overlap = view.overlap("validation");
  const claim = {
    id: "stability" as const,
    claim: "Batch normalization makes training more stable.",
    rule:
      `Two measures, of ${fewestSeeds} seeds or more. Spread: how far the test ${unit} lies from the median over seeds, with minus ` +
      "without, paired over seeds, each network at its own best rate; held if the interval lies below 0 and the mean is at least " +
      `${percent(-worthSpread)} of the spread without, and at least the smallest effect of interest as an error (${describeWorth(view)}); not held if the ` +
      "interval leaves out such a gain; left out if both spreads are smaller than that. Its interval is Student's t over the seeds " +
      `alone, whose scatter is what is asked for. Rates: the part of the ${lrs.length} learning rates that fail, with minus without; a ` +
      "rate trains if the run goes nine tenths of the way from the best constant to the best network of the seed; held if the " +
      `interval lies below 0 and the mean at or below ${worthRates}, not held if the interval lies above ${worthRates}; left out if none fails.`,
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const candidates = settings.flatMap(({ name, none, batch }) => {
    const pairs = pairsOf(view.seen(batch), view.seen(none), testError);
    const [good, others] = [trainingRates(view, batch), trainingRates(view, none)];
    const failing = [...good].flatMap(([seed, rates]): [number, number][] => {
      const other = others.get(seed);
      return other === undefined ? [] : [[lrs.length - rates.length, lrs.length - other.length]];
    });
    const fewer = failing.map(([first, second]) => (first - second) / lrs.length);
    const deviations = [0, 1].map((side) => deviationsFromMedian(pairs.map((pair) => pair[side])));
    const apart = deviations[0].map((deviation, i) => deviation - deviations[1][i]);
    const spreads = deviations.map(mean);
    const worth = worthOf(view, view.seen(none));
    const found: Candidate[] = [];
    // If neither arm varies over seeds, or no rate fails, there is nothing to compare.
    if (Math.max(...spreads) >= -worth) {
      const estimate = (confidence: number) => estimateMean(apart, { confidence });
      const least = Math.min(worthSpread * spreads[1], worth);
      found.push({ label: `spread over seeds on ${name}`, unit, none: 0, worth: least, estimate, fewestSeeds });
    }
    if (failing.some(([first, second]) => first > 0 || second > 0)) {
      const estimate = (confidence: number) => estimateMean(fewer, { confidence, overlap });
      const label = `rates that fail on ${name}`;
      found.push({ label, unit: "of the rates", none: 0, worth: worthRates, estimate, fewestSeeds });
    }
    return found;
  });
  const figures = judged(candidates);
  const counts = settings.flatMap(({ name, none, batch }) =>
    [batch, none].flatMap((arm) => {
      const word = `${arm === batch ? "with" : "without"} BatchNorm on ${name}`;
      const diverged = lrs.flatMap((lr) => [...view.at(arm, lr, "kept").values()]).filter((seen) => seen.diverged);
      const rates = [...trainingRates(view, arm).values()].map((good) => good.length);
      return [
        shown(
          `rates that train ${word}`,
          `of ${lrs.length}`,
          rates.length === 0 ? null : estimateMean(rates, { overlap }),
        ),
        shown(`diverged ${word}`, "runs", { count: view.seen(arm).size, value: diverged.length, interval: null }),
      ];
    }),
  );
  return {
    ...claim,
    verdict: overall(figures),
    figures: [...figures, ...counts],
    sentence: figures.length === 0 ? nothing : tell(figures),
  };
}
