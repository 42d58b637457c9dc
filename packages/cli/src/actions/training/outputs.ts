import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { Run } from "../../records/runs/readRun.ts";
import { type RunOutputs, runFiles } from "../../records/runs/types.ts";

/** What a training writes beside its model. */
export interface Outputs extends RunOutputs {
  /** A copy of the model that the run's first command asked for and that is not written. */
  readonly refusedOut?: string;
}

/**
 * The outputs of a resumed run: those that it began with, unless they are given anew.
 *
 * The folder may come from somebody else, so a copy is only written where it can do no harm: into a
 * .safetensors file below the current folder that does not exist, or that holds this run's model.
 */
export function resumedOutputs(
  run: Run,
  given: { readonly report: boolean | undefined; readonly tensorboard: boolean; readonly out: string | undefined },
  cwd: string,
): Outputs {
  const { report = true, tensorboard = false, out, folds } = run.config.outputs ?? {};
  const flags = {
    ...{ report: given.report ?? report, tensorboard: given.tensorboard || tensorboard },
    ...(folds !== undefined && { folds }),
  };
  if (given.out !== undefined) return { ...flags, out: given.out };
  if (out === undefined) return flags;
  return isHarmless(out, run, cwd) ? { ...flags, out } : { ...flags, refusedOut: out };
}

function isHarmless(out: string, run: Run, cwd: string): boolean {
  const path = resolve(cwd, out);
  const folder = dirname(path);
  if (!path.endsWith(".safetensors") || !existsSync(folder)) return false;
  const way = relative(realpathSync(cwd), realpathSync(folder));
  if (way === ".." || way.startsWith(`..${sep}`) || resolve(cwd, way) === way) return false;
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return true;
  const model = resolve(run.path, runFiles.model);
  return facts.isFile() && existsSync(model) && readFileSync(path).equals(readFileSync(model));
}
