import type { Arm } from "../../packages/evenkeel/src/study/arms/arm.ts";
import { errorOf, meansOf } from "../../packages/evenkeel/src/study/questions/headline.ts";
import type { NormalizationHeadline } from "../../packages/evenkeel/src/study/questions/normalizationHeadline.ts";
import type { StudyResult } from "../../packages/evenkeel/src/study/report/result.ts";
import { estimateMean, mean } from "../../packages/evenkeel/src/study/report/statistics.ts";
import { StudyView } from "../../packages/evenkeel/src/study/report/view.ts";
import { simulate, type World } from "./world.ts";

/** What can be seen of one study; shares of many are means of these. */
const observations = {
  /** The headline says that BatchNorm helps. */
  helps: ({ headline }: Seen) => headline.verdict === "held",
  /** Its interval lies below 0, and above 0. */
  lower: ({ interval }: Seen) => interval.high < 0,
  higher: ({ interval }: Seen) => interval.low > 0,
  /** What a study with one training per split said, by plain differences and the full correction. */
  before: (seen: Seen) => helpedBefore(seen),
  /** At least one claim is asserted that BatchNorm does something. */
  anyClaim: ({ asserted }: Seen) => asserted.length > 0,
  /** The headline's interval holds the effect of the factor. */
  covers: ({ interval, without, world }: Seen) => {
    const truth = (world.factor - 1) * without;
    return interval.low <= truth && truth <= interval.high;
  },
  /** It says that there may be nothing to learn. */
  nothing: ({ headline }: Seen) => headline.sentences.some((one) => one.startsWith("No network here")),
  /** The answer about raw features. */
  rawYes: ({ headline }: Seen) => /on raw features yes:/i.test(headline.answer[0]),
  rawNothing: ({ headline }: Seen) => /on raw features no difference/i.test(headline.answer[0]),
  /** Statistics as trained are called stale, on z-scored features, or well. */
  stale: ({ headline }: Seen) => headline.stale.at(-1)?.cost.judged?.verdict === "held",
  fitting: ({ headline }: Seen) => headline.stale.at(-1)?.cost.judged?.verdict === "not held",
  /** Faster on raw features is refuted. */
  slow: (seen: Seen) => verdictOf(seen, "speed", "on raw features") === "not held",
  /** Spreads of trainings are called smaller on raw or z-scored features. */
  steady: (seen: Seen) =>
    ["raw", "z-scored"].some(
      (kind) => verdictOf(seen, "stability", `spread of trainings on ${kind} features`) === "held",
    ),
} as const;

export type Observed = keyof typeof observations;

/** Shares of all studies, and the mean width of the headline's interval as a part of the error. */
export interface Outcomes extends Readonly<Record<Observed, number>> {
  readonly studies: number;
  readonly width: number;
  readonly byClaim: Readonly<Record<string, number>>;
}

interface Seen {
  readonly world: World;
  readonly view: StudyView;
  readonly headline: NormalizationHeadline;
  readonly claims: StudyResult["claims"];
  readonly asserted: readonly string[];
  readonly interval: { readonly low: number; readonly high: number };
  /** The error of the best networks without BatchNorm. */
  readonly without: number;
}

function seenOf(world: World, seed: number): Seen {
  const { plan, trials, headline: given, claims } = simulate(world, seed);
  const headline = given as NormalizationHeadline;
  const view = new StudyView(plan, trials);
  const interval = headline.difference?.interval;
  if (interval === null || interval === undefined) throw new Error("no figure");
  const without = errorOf(view, meansOf(view, headline.without));
  // In a world where BatchNorm does nothing, "no guarantee" is true.
  const asserted = claims.filter(({ id, verdict }) => verdict === "held" && id !== "noGuarantee").map(({ id }) => id);
  return { world, view, headline, claims, asserted, interval, without };
}

function verdictOf({ claims }: Seen, id: string, label: string) {
  const figures = claims.find((one) => one.id === id)?.figures ?? [];
  return figures.find((figure) => figure.label === label)?.judged?.verdict;
}

/** The rule of earlier versions: the interval excludes 0, and the difference is of interest. */
function helpedBefore({ view, headline }: Seen): boolean {
  const first = (arms: readonly Arm[], seed: number) =>
    mean(arms.map((arm) => view.seen(arm).get(seed)?.test ?? Number.NaN));
  const { seeds, worth } = view.plan;
  const differences = seeds.map((seed) => first(headline.with, seed) - first(headline.without, seed));
  const without = mean(seeds.map((seed) => first(headline.without, seed)));
  const { value, interval } = estimateMean(differences, { overlap: view.overlap() });
  return interval !== null && interval.high < 0 && value <= -worth * without;
}

/** Simulates studies of tables from this world, one table for each seed from `seed` on. */
export function outcomes(
  world: World,
  seed: number,
  studies: number,
  progress: (done: number) => void = () => {},
): Outcomes {
  const names = Object.keys(observations) as Observed[];
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Observed, number>;
  const byClaim: Record<string, number> = {};
  let width = 0;
  for (let i = 0; i < studies; i++) {
    const seen = seenOf(world, seed + i);
    for (const name of names) if (observations[name](seen)) counts[name]++;
    for (const id of seen.asserted) byClaim[id] = (byClaim[id] ?? 0) + 1;
    width += (seen.interval.high - seen.interval.low) / seen.without;
    progress(i + 1);
  }
  const share = <K extends string>(sums: Record<K, number>) =>
    Object.fromEntries(Object.entries<number>(sums).map(([name, sum]) => [name, sum / studies])) as Record<K, number>;
  return { studies, ...share(counts), width: width / studies, byClaim: share(byClaim) };
}
