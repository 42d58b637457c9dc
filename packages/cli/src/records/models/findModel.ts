import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type CommandError, misuse } from "../../shell/errors.ts";
import { nearest } from "../../shell/nearest.ts";
import { findRun } from "../runs/findRun.ts";
import { isDamaged, type Run, readRun } from "../runs/readRun.ts";
import type { RunsFolder } from "../runs/runsFolder.ts";
import { runFiles } from "../runs/types.ts";

/** The location of a model. */
export interface ModelPlace {
  readonly path: string;
  /** The name that the user gave, or the id of the run. */
  readonly name: string;
  /** The run that trained it, if the model is still in the run's folder. */
  readonly run?: Run;
}

/**
 * Finds a model: a file, a run's folder, a run by its id or the beginning of it, or `latest`, the
 * newest run that has one and did not fail.
 *
 * @throws CommandError if there is none, with the nearest names
 */
export function findModel(wanted: string, { cwd, runs }: RunsFolder): ModelPlace {
  if (wanted.includes("\0")) throw misuse("wrong-value", `no file can be called ${JSON.stringify(wanted)}`);
  const path = resolve(cwd, wanted);
  const facts = wanted === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  if (facts?.isDirectory()) return ofRun(path, `the folder ${wanted}`);
  if (facts !== undefined) return { path, name: wanted, ...inFolder(runOf(path)) };
  if (/[/\\]|\.safetensors$/i.test(wanted)) throw noSuchFile(wanted, path);
  const folder = resolve(cwd, runs);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw misuse(
      "wrong-value",
      `there is no file ${JSON.stringify(wanted)}, and no folder ${runs} with runs`,
      "name a .safetensors file, or say where runs are kept with --runs",
    );
  }
  const run = findRun({ cwd, runs }, wanted, hasModel);
  return ofRun(run.path, `the run ${run.id}`, run);
}

function hasModel({ path, status }: Run): boolean {
  return status !== "failed" && statSync(join(path, runFiles.model), { throwIfNoEntry: false })?.isFile() === true;
}

function ofRun(folder: string, what: string, known?: Run): ModelPlace {
  const path = join(folder, runFiles.model);
  const run = known ?? runOf(path);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    return { path, name: run?.id ?? basename(folder), ...inFolder(run) };
  }
  const why = run === undefined ? "" : `, it is ${run.status}`;
  throw misuse("wrong-value", `${what} has no ${runFiles.model}${why}`, "name another run, or a .safetensors file");
}

function inFolder(run: Run | undefined): Pick<ModelPlace, "run"> {
  return run === undefined ? {} : { run };
}

/** The run whose folder a model file is in. */
export function runOf(path: string): Run | undefined {
  if (basename(path) !== runFiles.model) return undefined;
  const run = readRun(dirname(path));
  return isDamaged(run) ? undefined : run;
}

function noSuchFile(wanted: string, path: string): CommandError {
  let files: string[] = [];
  try {
    files = readdirSync(dirname(path)).filter((name) => name.endsWith(".safetensors"));
  } catch {
    return misuse("wrong-value", `there is no file ${wanted}, nor the folder ${dirname(wanted)}`);
  }
  const near = nearest(basename(path), files) ?? (files.length === 1 ? files[0] : undefined);
  return misuse("wrong-value", `there is no file ${wanted}${near === undefined ? "" : `; did you mean ${near}?`}`);
}
