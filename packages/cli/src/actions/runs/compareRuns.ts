import type { Run } from "../../records/runs/readRun.ts";
import type { PartScores, RunConfig } from "../../records/runs/types.ts";
import { compareScores } from "../../shell/metrics.ts";

/** A line of a comparison: a value for each run, in the order of the runs. */
export interface ComparedLine<T> {
  readonly name: string;
  readonly values: readonly (T | undefined)[];
}

export interface ScoreLine extends ComparedLine<number> {
  /**
   * Indices of the runs with the best value; none if all are equal or fewer than two have a value.
   */
  readonly best: readonly number[];
}

export interface RunComparison {
  readonly runs: readonly Run[];
  /** Settings that differ between the runs. */
  readonly settings: readonly ComparedLine<unknown>[];
  /** Named like "test.mae", and "test.mae recomputed" if there is a BatchNorm. */
  readonly scores: readonly ScoreLine[];
  /** Reasons why the scores are not comparable as they stand. */
  readonly cautions: readonly string[];
}

/** Compares runs side by side. */
export function compareRuns(runs: readonly Run[]): RunComparison {
  const settings = lines(runs.map(({ config }) => settingsOf(config))).filter(
    ({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1,
  );
  const scores = lines(runs.map(scoresOf)).map((line) => ({ ...line, best: bestOf(line) }));
  return { runs, settings, scores, cautions: cautionsOf(runs) };
}

/** All settings of a run by dotted names, nested ones included. */
export function settingsOf(config: RunConfig): Map<string, unknown> {
  const { table, target, task, seed, split, settings, versions } = config;
  return new Map([
    ...flat({ table, target, task, seed }),
    ...flat({ model: "network", ...settings }),
    ...flat({ split }),
    ...flat({ version: versions }),
  ]);
}

function* flat(value: object, prefix = ""): Generator<[string, unknown]> {
  for (const [key, inner] of Object.entries(value)) {
    const nested = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    if (nested) yield* flat(inner, `${prefix}${key}.`);
    else yield [prefix + key, inner];
  }
}

function scoresOf({ result }: Run): Map<string, number> {
  if (result === undefined) return new Map();
  const { batchNorm } = result;
  return new Map([
    ...partScores(result.scores),
    ...(batchNorm === undefined ? [] : partScores(batchNorm.asTrained, " as trained")),
    ...(batchNorm === undefined ? [] : partScores(batchNorm.recomputed, " recomputed")),
  ]);
}

function partScores(scores: PartScores, suffix = ""): [string, number][] {
  return (["test", "validation", "train"] as const).flatMap((part) =>
    Object.entries(scores[part] ?? {}).map(([metric, value]): [string, number] => [
      `${part}.${metric}${suffix}`,
      value,
    ]),
  );
}

/** A line for every name that occurs in any of the runs. */
function lines<T>(runs: readonly Map<string, T>[]): ComparedLine<T>[] {
  const names = new Set(runs.flatMap((run) => [...run.keys()]));
  return [...names].map((name) => ({ name, values: runs.map((run) => run.get(name)) }));
}

function bestOf({ name, values }: ComparedLine<number>): number[] {
  const metric = name.replace(/^\w+\./, "").replace(/ .*$/, "");
  const known = values.filter((value) => value !== undefined && !Number.isNaN(value));
  if (known.length < 2 || new Set(known).size === 1) return [];
  const best = [...known].sort((a, b) => compareScores(metric, a, b))[0];
  return values.flatMap((value, run) => (value === best ? run : []));
}

function cautionsOf(runs: readonly Run[]): string[] {
  const differ = (of: (config: RunConfig) => unknown) =>
    new Set(runs.map(({ config }) => JSON.stringify(of(config)))).size > 1;
  const cautions: string[] = [];
  if (differ(({ target }) => target)) cautions.push("The targets differ: the scores are of different things.");
  else if (differ(({ table }) => table)) cautions.push("The tables differ: the scores are over different rows.");
  else if (differ(({ seed, split }) => [seed, split])) {
    cautions.push("The seeds or the sizes of the split differ: the scores are over different rows.");
  }
  const refit = runs.filter(({ result }) => result?.refit?.kept).map(({ id }) => id);
  if (refit.length > 0) cautions.push(`Validation scores are from before the refit: ${refit.join(", ")}.`);
  const unfinished = runs.filter(({ status }) => status !== "finished");
  if (unfinished.length > 0)
    cautions.push(`Not finished: ${unfinished.map(({ id, status }) => `${id} (${status})`).join(", ")}.`);
  return cautions;
}
