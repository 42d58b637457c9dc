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
import { Generator } from "../../random/index.ts";
import type { Predictions } from "../encoding/decode.ts";
import { quantilesOf } from "../encoding/scaling/statistics.ts";
import type { Task } from "../schema/schema.ts";
import { isError, scoreNames, weightedScores } from "./scores.ts";
import type { WeightedScore } from "./weightedScore.ts";

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

/** Draws that should take about a second, as rows times classes that are ordered. */
const work = 2e7;
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
  const ordered = task === "multiclass" && rows > 0 ? (predictions.probabilities?.length ?? rows) / rows : 1;
  const { draws = Math.min(2000, Math.max(200, Math.round(work / Math.max(1, rows * ordered)))) } = { draws: wanted };
  const own = Object.values(weightedScores(task, predictions, truth));
  const theirs = Object.entries(others).map(
    ([name, of]) => [name, Object.values(weightedScores(task, of, truth))] as const,
  );
  const numbered = numberedBlocks(blocks, rows);
  const drawn = drawScores([own, ...theirs.map(([, scores]) => scores)], numbered, { draws, seed });
  const names = scoreNames(task);
  const named = <T>(of: (k: number) => T): Record<string, T> =>
    Object.fromEntries(names.map((name, k) => [name, of(k)]));
  return {
    ...{ level, draws, rows, blocks: numbered.count },
    scores: named((k) => between(drawn[0][k], level)),
    differences: Object.fromEntries(
      theirs.map(([name, scores], m) => [
        name,
        named((k): ScoreDifference => {
          const [mine, other] = [drawn[0][k], drawn[m + 1][k]];
          const [now, its] = [own[k](), scores[k]()];
          const difference = {
            value: now - its,
            ...between(
              mine.map((value, d) => value - other[d]),
              level,
            ),
          };
          if (!isError(names[k]) || !(its > 0)) return difference;
          const less = between(
            mine.map((value, d) => 1 - value / other[d]),
            level,
          );
          return { ...difference, less: { value: 1 - now / its, ...less } };
        }),
      ]),
    ),
  };
}

/** The block of each row as a number from 0. */
interface Blocks {
  readonly of: Int32Array;
  readonly count: number;
}

function numberedBlocks(blocks: Int32Array | undefined, rows: number): Blocks {
  if (blocks === undefined) return { of: Int32Array.from({ length: rows }, (_, i) => i), count: rows };
  const places = new Map<number, number>();
  const of = blocks.map((block) => {
    const place = places.get(block) ?? places.size;
    places.set(block, place);
    return place;
  });
  return { of, count: places.size };
}

/** The scores of each model in each draw: [model][score][draw]. */
function drawScores(
  models: readonly (readonly WeightedScore[])[],
  { of, count }: Blocks,
  { draws, seed }: { readonly draws: number; readonly seed: number },
): Float64Array[][] {
  const drawn = models.map((scores) => scores.map(() => new Float64Array(draws).fill(Number.NaN)));
  if (count < 2) return drawn;
  const generator = new Generator(seed);
  const times = new Float64Array(count);
  const weights = new Float64Array(of.length);
  for (let d = 0; d < draws; d++) {
    times.fill(0);
    for (let i = 1; i < count; i++) times[(generator.random32() >>> 0) % count]++;
    for (let i = 0; i < of.length; i++) weights[i] = times[of[i]];
    for (const [m, scores] of models.entries())
      for (const [k, score] of scores.entries()) drawn[m][k][d] = score(weights);
  }
  return drawn;
}

function between(drawn: Float64Array, level: number): ScoreInterval {
  const known = drawn.filter((value) => !Number.isNaN(value));
  if (known.length < leastShare * drawn.length) return { low: Number.NaN, high: Number.NaN };
  const [low, high] = quantilesOf(known, [(1 - level) / 2, (1 + level) / 2]);
  return { low, high };
}
