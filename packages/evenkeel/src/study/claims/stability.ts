import type { Arm, Statistics } from "../arms/arm.ts";
import { type Candidate, judged, overall, shown } from "../report/judge.ts";
import { estimateMean, mean } from "../report/statistics.ts";
import type { StudyView } from "../report/view.ts";
import { percent } from "../report/words.ts";
import {
  type Claim,
  claimsTogether,
  describeWorth,
  notStudied,
  settingsOf,
  tell,
  unitOf,
  worthBeside,
} from "./claim.ts";

const worthSpread = 0.1;
/** With fewer seeds than this, values may agree by chance, since the grid has few rates. */
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

/**
 * How far two trainings on the same split lie apart, by seed, on the scale of errors: other
 * starting weights and another order of the rows.
 */
export function spreads(view: StudyView, arm: Arm, statistics: Statistics = "kept"): Map<number, number> {
  return new Map(
    [...view.trainings(arm, statistics)].flatMap(([seed, all]): [number, number][] => {
      const [first, second] = all.map(view.test);
      return second === undefined ? [] : [[seed, Math.abs(first - second)]];
    }),
  );
}

const nothing = "Nothing to compare: trainings hardly differ, and all rates train, or none.";

/** Claim 2. */
export function stability(view: StudyView): Claim {
  const { lrs } = view.plan;
  const claim = {
    id: "stability" as const,
    short: "makes training stable",
    claim: "Batch normalization makes training more stable.",
    rule:
      `Two measures, of ${fewestSeeds} seeds or more. Spread: how far the test errors of two trainings on the same split lie apart (other starting weights and ` +
      "another order of the rows), with minus without, paired over seeds, each network at its own best rate; held if the whole interval lies at or beyond " +
      `${percent(worthSpread)} of the spread without, and at or beyond the smallest effect of interest as an error (${describeWorth(view)}); not held if the ` +
      "interval leaves out such a gain; open if both spreads are smaller than that. Its interval is Student's t over the seeds " +
      `alone, since the trainings are independent. Rates: the part of the ${lrs.length} learning rates that fail, with minus without; a ` +
      "rate trains if the run goes nine tenths of the way from the best constant to the best network of the seed; held if the whole " +
      `interval lies at or below ${worthRates}, not held if it lies above ${worthRates}; open if all rates of both train, or none.`,
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const figures = judged(
    settings.flatMap(({ name, none, batch }) => [
      spreadOf(view, `spread of trainings on ${name}`, batch, none),
      ratesOf(view, `rates that fail on ${name}`, batch, none),
    ]),
    claimsTogether,
  );
  const counts = settings.flatMap(({ name, none, batch }) =>
    [batch, none].flatMap((arm) => {
      const word = `${arm === batch ? "with" : "without"} BatchNorm on ${name}`;
      const diverged = lrs.flatMap((lr) => [...view.at(arm, lr, "kept").values()]).filter((seen) => seen.diverged);
      const rates = [...trainingRates(view, arm).values()].map((good) => good.length);
      return [
        shown(
          `rates that train ${word}`,
          `of ${lrs.length}`,
          rates.length === 0 ? null : estimateMean(rates, { overlap: view.overlap("validation") }),
        ),
        shown(`diverged ${word}`, "runs", { count: view.seen(arm).size, value: diverged.length, interval: null }),
      ];
    }),
  );
  return {
    ...claim,
    verdict: overall(figures),
    figures: [...figures, ...counts],
    sentence: figures.every(({ value }) => value === null) ? nothing : tell(figures),
  };
}

/** Without a value if both arms vary by less than the smallest effect of interest. */
function spreadOf(view: StudyView, label: string, batch: Arm, none: Arm): Candidate {
  const [first, second] = [spreads(view, batch), spreads(view, none)];
  const pairs = [...first].flatMap(([seed, value]): [number, number][] => {
    const other = second.get(seed);
    return other === undefined ? [] : [[value, other]];
  });
  const beside = view.average(view.trainings(none)).value;
  const least = view.scale.step(beside, worthBeside(view, beside));
  const [own, others] = [0, 1].map((side) => (pairs.length === 0 ? 0 : mean(pairs.map((pair) => pair[side]))));
  const apart = pairs.map(([value, other]) => value - other);
  return {
    ...{
      label,
      unit: unitOf(view),
      none: 0,
      // A step on the scale like the spreads: as errors, a tenth of a step up is more than of one down.
      worth: pairs.length === 0 ? 0 : view.scale.move(beside, -Math.max(worthSpread * others, least)),
      fewestSeeds,
    },
    estimate: (confidence) => {
      if (Math.max(own, others) < least || pairs.length === 0) return null;
      return view.asDifference(estimateMean(apart, { confidence }), beside);
    },
  };
}

/** Without a value if all rates of both arms train, or none of either in most seeds. */
function ratesOf(view: StudyView, label: string, batch: Arm, none: Arm): Candidate {
  const many = view.plan.lrs.length;
  const [good, others] = [trainingRates(view, batch), trainingRates(view, none)];
  const failing = [...good].flatMap(([seed, rates]): [number, number][] => {
    const other = others.get(seed);
    return other === undefined ? [] : [[many - rates.length, many - other.length]];
  });
  const hopeless = failing.filter((pair) => Math.min(...pair) === many).length;
  const isOpen = failing.every((pair) => Math.max(...pair) === 0) || 2 * hopeless > failing.length;
  const fewer = failing.map(([first, second]) => (first - second) / many);
  return {
    ...{ label, unit: "of the rates", none: 0, worth: worthRates, fewestSeeds },
    estimate: (confidence) => {
      if (isOpen) return null;
      const { interval, ...found } = estimateMean(fewer, { confidence, overlap: view.overlap("validation") });
      // There are no more rates than all.
      return { ...found, interval: interval && { low: Math.max(-1, interval.low), high: Math.min(1, interval.high) } };
    },
  };
}
