import { closest } from "fastest-levenshtein";
import { type DamagedRun, isDamaged, listRuns, type Run } from "./readRun.ts";

/**
 * Finds a run by its id, by the beginning of it that no other has, or as `latest`.
 *
 * @throws RangeError if there is none or there are several, with the nearest ids; Error if the one that is meant is damaged
 */
export function findRun(folder: string, wanted: string): Run {
  const run = choose(listRuns(folder), wanted);
  if (isDamaged(run)) throw new Error(`the run ${run.id} cannot be read: ${run.problem}`);
  return run;
}

function choose(runs: readonly (Run | DamagedRun)[], wanted: string): Run | DamagedRun {
  const exact = runs.find(({ id }) => id === wanted);
  if (exact !== undefined) return exact;
  if (wanted === "latest") {
    const latest = runs.find((run) => !isDamaged(run));
    if (latest === undefined) throw new RangeError("there are no runs yet");
    return latest;
  }
  const candidates = wanted === "" ? [] : runs.filter(({ id }) => id.startsWith(wanted));
  if (candidates.length === 1) return candidates[0];
  if (candidates.length > 1) {
    const ids = candidates.slice(0, 5).map(({ id }) => id);
    const more = candidates.length > ids.length ? `, and ${candidates.length - ids.length} more` : "";
    throw new RangeError(`${JSON.stringify(wanted)} begins the ids of several runs: ${ids.join(", ")}${more}`);
  }
  const ids = runs.map(({ id }) => id);
  const nearest = nearestTo(wanted, ids);
  const hint = nearest === undefined ? "there are no runs yet" : `the nearest is ${nearest}`;
  throw new RangeError(`no run has an id that begins with ${JSON.stringify(wanted)}; ${hint}`);
}

/** By letters; people also give only the end of an id, or a part of the table's name. */
function nearestTo(wanted: string, ids: readonly string[]): string | undefined {
  return (
    ids.find((id) => wanted !== "" && id.includes(wanted)) ?? (ids.length === 0 ? undefined : closest(wanted, ids))
  );
}
