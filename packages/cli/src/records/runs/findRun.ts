import { existsSync } from "node:fs";
import { join } from "node:path";
import { closest } from "fastest-levenshtein";
import { shellWord } from "../../shell/dialect.ts";
import { misuse } from "../../shell/errors.ts";
import { type DamagedRun, isDamaged, listRuns, type Run } from "./readRun.ts";
import { type RunsFolder, runsFlag, runsFolder } from "./runsFolder.ts";
import { studyFile } from "./types.ts";

const list = (runs: string) => `\`evenkeel runs list${runsFlag(runs)}\` lists them`;

/**
 * Finds a run by its id, by the beginning of the id if it is unique, or as `latest`.
 *
 * @param isWanted - which runs `latest` may mean; all that can be read unless given
 * @throws CommandError if there is none or there are several, with the nearest ids, or if the run
 *   is damaged
 */
export function findRun(place: RunsFolder, wanted: string, isWanted: (run: Run) => boolean = () => true): Run {
  const folder = runsFolder(place);
  const runs = listRuns(folder);
  if (wanted === "latest") return latest(runs, isWanted, place.runs);
  if (existsSync(join(folder, wanted, studyFile))) throw isStudy(wanted, place.runs);
  const run = choose(runs, wanted, place.runs);
  if (isDamaged(run)) {
    throw misuse("damaged-file", `the run ${run.id} cannot be read: ${run.problem}`, list(place.runs));
  }
  return run;
}

/** The newest run of those that are wanted. */
function latest(runs: readonly (Run | DamagedRun)[], isWanted: (run: Run) => boolean, folder: string): Run {
  const readable = runs.filter((run) => !isDamaged(run)) as Run[];
  const found = readable.find(isWanted);
  if (found !== undefined) return found;
  if (runs.length === 0) throw misuse("wrong-value", "there are no runs yet");
  if (readable.length === 0) throw misuse("damaged-file", "no run can be read", "`evenkeel runs list` says why");
  throw misuse("wrong-value", "no run has a model: they failed, or have not finished an epoch", list(folder));
}

function isStudy(id: string, runs: string): Error {
  const resume = `\`evenkeel study --resume ${shellWord(`${runs}/${id}`)}\``;
  return misuse(
    "wrong-value",
    `${id} is a study, no run`,
    `its report is ${runs}/${id}/report.html, and ${resume} goes on with it`,
  );
}

function choose(runs: readonly (Run | DamagedRun)[], wanted: string, folder: string): Run | DamagedRun {
  const exact = runs.find(({ id }) => id === wanted);
  if (exact !== undefined) return exact;
  const candidates = wanted === "" ? [] : runs.filter(({ id }) => id.startsWith(wanted));
  if (candidates.length === 1) return candidates[0];
  if (candidates.length > 1) {
    const ids = candidates.slice(0, 5).map(({ id }) => id);
    const more = candidates.length > ids.length ? `, and ${candidates.length - ids.length} more` : "";
    throw misuse(
      "wrong-value",
      `${JSON.stringify(wanted)} begins the ids of several runs: ${ids.join(", ")}${more}`,
      list(folder),
    );
  }
  const ids = runs.map(({ id }) => id);
  const nearest = nearestTo(wanted, ids);
  const hint = nearest === undefined ? "there are no runs yet" : `the nearest is ${nearest}; ${list(folder)}`;
  throw misuse("wrong-value", `no run has an id that begins with ${JSON.stringify(wanted)}`, hint);
}

/**
 * The nearest id by spelling; users also give only the end of an id, or a part of the table's name.
 */
function nearestTo(wanted: string, ids: readonly string[]): string | undefined {
  return (
    ids.find((id) => wanted !== "" && id.includes(wanted)) ?? (ids.length === 0 ? undefined : closest(wanted, ids))
  );
}
