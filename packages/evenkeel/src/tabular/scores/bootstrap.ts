import {
  type GivenOptions,
  instance,
  numberAbove,
  optional,
  plainObject,
  refuse,
  resolveOptions,
  wholeNumber,
} from "../../core/index.ts";
import { Generator, randperm } from "../../random/index.ts";
import type { Predictions } from "../encoding/decode.ts";
import { quantilesOf } from "../encoding/scaling/statistics.ts";
import type { Task } from "../schema/schema.ts";
import { rankScores } from "./ranking.ts";
import { isError, meanRankScores, type Scorable, type ScoreName, scorable, scoreNames, scoresOf } from "./scores.ts";

const bootstrapOptions = {
  /** Predictions of other models for the same rows, by name: differences to their scores have intervals too. */
  others: optional(plainObject<Readonly<Record<string, Predictions>>>()),
  /** The block of each row: rows of a block, such as those of a patient, are drawn together. Default: each row alone. */
  blocks: optional(instance<Int32Array>(Int32Array, "an Int32Array with the block of each row")),
  /** How often rows are drawn. Default 2,000; fewer where that would take more than seconds. */
  draws: optional(wholeNumber(100)),
  /** How often an interval covers the score, in the long run (0.95). */
  level: optional(
    { ...numberAbove(0), expected: "a number between 0 and 1", fits: (level: number) => level > 0 && level < 1 },
    0.95,
  ),
  /** The seed of the draws (0). */
  seed: optional(wholeNumber(), 0),
};

export interface BootstrapOptions extends GivenOptions<typeof bootstrapOptions> {}

/** Both ends are NaN where too few draws have the score. */
export interface ScoreInterval {
  readonly low: number;
  readonly high: number;
}

/** A score minus that of another model. */
export interface ScoreDifference extends ScoreInterval {
  readonly value: number;
  /** For errors: 1 - the score / that of the other model, 0.14 for 14% less. Absent where the other's is 0. */
  readonly less?: ScoreInterval & { readonly value: number };
}

/** What the scores of some rows say about other rows of the same kind. */
export interface ScoreIntervals {
  readonly level: number;
  readonly draws: number;
  /** What was drawn: rows, or blocks of them. */
  readonly rows: number;
  readonly blocks: number;
  readonly scores: Readonly<Record<string, ScoreInterval>>;
  /** By the name of the other model, then by that of the score. */
  readonly differences: Readonly<Record<string, Readonly<Record<string, ScoreDifference>>>>;
}

/** More rows or blocks are put into so many random sets, which are drawn as a whole. */
const mostSets = 500;
/** About as many additions as take half a second. */
const work = 1.5e8;
/** A score that fewer of the draws have is not judged. */
const leastShare = 0.5;

/**
 * Intervals of scores by a paired bootstrap: rows are drawn with replacement, all models are scored on the same draw, and
 * an interval goes between two percentiles of the draws. A draw has one row, or block, less than there are, which makes
 * up for the percentile interval of few rows being too narrow (Hesterberg 2015, "What Teachers Should Know about the
 * Bootstrap", section 3.3). Draws in which a score is not defined are left out. The intervals say what other rows of the
 * same kind would change, not what another training would.
 *
 * @param truth what `Preprocessing.truth` gives of the rows
 * @throws TypeError or RangeError for invalid options, or predictions that do not fit the task or the truth
 */
export function bootstrapScores(
  task: Task,
  predictions: Predictions,
  truth: Float64Array,
  options: BootstrapOptions = {},
): ScoreIntervals {
  const {
    others = {},
    blocks,
    draws: wanted,
    level,
    seed,
  } = resolveOptions("bootstrapScores", options, bootstrapOptions);
  const rows = truth.length;
  if (blocks !== undefined && blocks.length !== rows) {
    throw refuse("wrong-value", "bootstrapScores", `blocks has ${blocks.length} rows, the truth ${rows}`);
  }
  const own = scorable(task, predictions, truth);
  const theirs = Object.entries(others).map(([name, of]) => ({ name, of, scorable: scorable(task, of, truth) }));
  const sets = setsOf(blocks, rows, seed);
  const perDraw = (1 + theirs.length) * (rows * own.rankings().length + sets.count * own.tally.width);
  const { draws = Math.min(2000, Math.max(200, Math.round(work / Math.max(1, perDraw)))) } = { draws: wanted };
  const drawn = drawScores([own, ...theirs.map((their) => their.scorable)], scoreNames(task), sets, { draws, seed });
  const now = scoresOf(task, predictions, truth);
  const named = <T>(of: (name: ScoreName) => T): Record<string, T> =>
    Object.fromEntries(scoreNames(task).map((name) => [name, of(name)]));
  const differences = theirs.map(({ name, of }, m) => {
    const its = scoresOf(task, of, truth);
    const difference = (score: ScoreName): ScoreDifference => {
      const [mine, other] = [drawn[0].get(score)!, drawn[m + 1].get(score)!];
      const apart = mine.map((value, d) => value - other[d]);
      const found = { value: now[score] - its[score], ...between(apart, level) };
      if (!isError(score) || !(its[score] > 0)) return found;
      const less = between(
        mine.map((value, d) => 1 - value / other[d]),
        level,
      );
      return { ...found, less: { value: 1 - now[score] / its[score], ...less } };
    };
    return [name, named(difference)] as const;
  });
  return {
    ...{ level, draws, rows, blocks: sets.blocks },
    scores: named((score) => between(drawn[0].get(score)!, level)),
    differences: Object.fromEntries(differences),
  };
}

/** What is drawn: sets of rows. */
interface Sets {
  /** The set of each row, from 0. */
  readonly of: Int32Array;
  readonly count: number;
  /** How many blocks there are; a set has several where there are many. */
  readonly blocks: number;
}

function setsOf(given: Int32Array | undefined, rows: number, seed: number): Sets {
  const places = new Map<number, number>();
  const of = given?.slice() ?? Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = 0; given !== undefined && i < rows; i++) {
    const place = places.get(of[i]) ?? places.size;
    places.set(of[i], place);
    of[i] = place;
  }
  const blocks = given === undefined ? rows : places.size;
  if (blocks <= mostSets) return { of, count: blocks, blocks };
  const order = randperm(blocks, new Generator(seed));
  return { of: of.map((block) => order[block] % mostSets), count: mostSets, blocks };
}

/** The scores of each model by name, one for each draw. */
function drawScores(
  models: readonly Scorable[],
  names: readonly ScoreName[],
  sets: Sets,
  { draws, seed }: { readonly draws: number; readonly seed: number },
): Map<string, Float64Array>[] {
  const drawn = models.map(() => new Map(names.map((name) => [name, new Float64Array(draws).fill(Number.NaN)])));
  const { count, of } = sets;
  if (count < 2) return drawn;
  const bySet = models.map(({ tally }) => {
    const sums = new Float64Array(count * tally.width);
    for (let i = 0; i < of.length; i++) tally.add(i, sums, of[i] * tally.width);
    return sums;
  });
  const ranked = models.map(({ rankings }) =>
    rankings().map((ranking) => ({ ranking, at: ranking.order.map((row) => of[row]) })),
  );
  const generator = new Generator(seed);
  const times = new Float64Array(count);
  for (let d = 0; d < draws; d++) {
    times.fill(0);
    for (let k = 1; k < count; k++) times[(generator.random32() >>> 0) % count]++;
    for (const [m, { tally }] of models.entries()) {
      const summed = tally.scores(weighted(bySet[m], times, tally.width));
      const byRank = meanRankScores(ranked[m].map(({ ranking, at }) => rankScores(ranking, times, at)));
      for (const [name, score] of drawn[m]) score[d] = summed[name] ?? byRank[name];
    }
  }
  return drawn;
}

/** The sums of sets, each as often as it was drawn. */
function weighted(sums: Float64Array, times: Float64Array, width: number): Float64Array {
  const total = new Float64Array(width);
  for (let set = 0; set < times.length; set++) {
    const weight = times[set];
    // Sums of a set that was not drawn may be NaN.
    if (weight === 0) continue;
    for (let t = 0; t < width; t++) total[t] += weight * sums[set * width + t];
  }
  return total;
}

function between(drawn: Float64Array, level: number): ScoreInterval {
  const known = drawn.filter((value) => !Number.isNaN(value));
  if (known.length < leastShare * drawn.length) return { low: Number.NaN, high: Number.NaN };
  const [low, high] = quantilesOf(known, [(1 - level) / 2, (1 + level) / 2]);
  return { low, high };
}
