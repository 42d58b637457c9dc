import { readdirSync } from "node:fs";
import { findRun } from "../../records/runs/findRun.ts";
import { type DamagedRun, isDamaged, listRuns, type Run, readMetrics } from "../../records/runs/readRun.ts";
import { type RunsFolder, runsFolder } from "../../records/runs/runsFolder.ts";
import type { EpochLine } from "../../records/runs/types.ts";
import { listStudies, type StudyRecord } from "../../records/studies/listStudies.ts";
import { misuse } from "../../shell/errors.ts";
import { compareScores, metricNames } from "../../shell/metrics.ts";
import { nearest } from "../../shell/nearest.ts";
import { sentence } from "../../shell/sentence.ts";
import { compareRuns, type RunComparison } from "./compareRuns.ts";

interface ListRequest extends RunsFolder {
  /**
   * "mae" is that of the validation rows; "test.mae" names other rows. The best run comes first.
   */
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
}

/** Recorded runs: the newest first, or the best first. */
export interface RunList {
  readonly runs: readonly (Run | DamagedRun)[];
  /** The number of runs without the limit. */
  readonly total: number;
  /** The metric that they are sorted by. */
  readonly metric?: string;
  /** The studies in the folder, the newest first; none where runs are sorted. */
  readonly studies: readonly (StudyRecord | DamagedRun)[];
}

/** @throws CommandError if there is no such folder, or no run has the metric */
export function listedRuns({ sort, limit, ...place }: ListRequest): RunList {
  const folder = runsFolder(place, { mayLack: true });
  const all = folder === undefined ? [] : listRuns(folder);
  if (sort !== undefined) {
    const { runs, metric } = sortRuns(all, sort);
    return { runs: runs.slice(0, limit), total: all.length, metric, studies: [] };
  }
  const studies = folder === undefined ? [] : listStudies(folder);
  return { runs: all.slice(0, limit), total: all.length, studies: studies.slice(0, limit) };
}

/** A run with everything that its folder holds. */
export interface RunDetails {
  readonly run: Run;
  readonly epochs: readonly EpochLine[];
  readonly files: readonly string[];
  /** Why the epochs could not be read. */
  readonly complaint?: string;
}

/** @throws CommandError if there is no such run */
export function runDetails(id: string, place: RunsFolder): RunDetails {
  const run = findRun(place, id);
  const files = readdirSync(run.path);
  try {
    return { run, files, epochs: readMetrics(run.path) };
  } catch (error) {
    return { run, files, epochs: [], complaint: sentence(error) };
  }
}

/** @throws CommandError if there are no such runs, or fewer than two */
export function comparison(ids: readonly string[], place: RunsFolder): RunComparison {
  const runs = ids.map((id) => findRun(place, id));
  if (new Set(runs.map(({ id }) => id)).size < 2) {
    throw misuse("conflict", "compare needs at least two different runs");
  }
  return compareRuns(runs);
}

/** The best first; runs without the metric last. */
function sortRuns(runs: readonly (Run | DamagedRun)[], sort: string) {
  const dot = sort.indexOf(".");
  const [part, metric] = dot < 0 ? ["validation", sort] : [sort.slice(0, dot), sort.slice(dot + 1)];
  const scores = (run: Run | DamagedRun) =>
    isDamaged(run) ? undefined : run.result?.scores[part as "train" | "validation" | "test"];
  const known = [...new Set(runs.flatMap((run) => Object.keys(scores(run) ?? {})))].sort();
  if (!known.includes(metric) && !(runs.length === 0 && metricNames.includes(metric))) {
    const near = metricNames.includes(metric) ? undefined : nearest(metric, known.length === 0 ? metricNames : known);
    const hint = near === undefined ? "" : `did you mean ${near}? `;
    const there = known.length === 0 ? `no run has scores of ${part} rows` : `there are ${known.join(", ")}`;
    throw misuse("wrong-value", `--sort: no run has the metric ${metric} of its ${part} rows`, `${hint}${there}`);
  }
  const sorted = [...runs].sort((a, b) => compareScores(metric, scores(a)?.[metric], scores(b)?.[metric]));
  return { runs: sorted, metric };
}
