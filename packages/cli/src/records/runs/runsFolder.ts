import { statSync } from "node:fs";
import { resolve } from "node:path";
import { shellWord } from "../../shell/dialect.ts";
import { misuse } from "../../shell/errors.ts";

/** The folder that runs are recorded in. */
export interface RunsFolder {
  readonly cwd: string;
  /** As the user named it. */
  readonly runs: string;
}

/** The default folder of runs. */
export const usualRuns = "runs";

/** What names the folder on a command line: nothing for the default one. */
export function runsFlag(runs: string): string {
  return runs === usualRuns ? "" : ` --runs ${shellWord(runs)}`;
}

/** The command that goes on with a run. */
export function resumeCommand(id: string, runs: string): string {
  return `evenkeel train --resume ${id}${runsFlag(runs)}`;
}

/**
 * The path of the folder.
 * @param mayLack whether the default folder may be missing; the result is then undefined
 * @throws CommandError if it is missing, or not a folder
 */
export function runsFolder(place: RunsFolder): string;
export function runsFolder(place: RunsFolder, options: { readonly mayLack: true }): string | undefined;
export function runsFolder({ cwd, runs }: RunsFolder, { mayLack = false } = {}): string | undefined {
  const folder = resolve(cwd, runs);
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts?.isDirectory()) return folder;
  if (mayLack && runs === usualRuns && facts === undefined) return undefined;
  throw misuse("wrong-value", `there is no folder ${runs}`, "--runs says where runs are kept");
}
