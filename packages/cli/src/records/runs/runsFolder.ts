import { statSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../shell/usageError.ts";

/** Where runs are recorded. */
export interface RunsFolder {
  readonly cwd: string;
  /** As the user names it. */
  readonly runs: string;
}

/** Where runs are recorded unless another folder is named. */
export const usualRuns = "runs";

/**
 * The path of the folder.
 * @param mayLack whether it may be missing where nobody has named it: undefined then
 * @throws UsageError if it is missing, or no folder
 */
export function runsFolder(place: RunsFolder): string;
export function runsFolder(place: RunsFolder, options: { readonly mayLack: true }): string | undefined;
export function runsFolder({ cwd, runs }: RunsFolder, { mayLack = false } = {}): string | undefined {
  const folder = resolve(cwd, runs);
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts?.isDirectory()) return folder;
  if (mayLack && runs === usualRuns && facts === undefined) return undefined;
  throw new UsageError(`there is no folder ${runs}; --runs says where runs are kept`);
}
