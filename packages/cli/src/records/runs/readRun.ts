import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { z } from "zod";
import { readJsonLines } from "../../shell/files/jsonLines.ts";
import { parseJson } from "../../shell/files/parseJson.ts";
import { sentence } from "../../shell/sentence.ts";
import { ownerOf } from "../owner/owner.ts";
import { firstIssue, sayMissing } from "../schemas.ts";
import {
  type EpochLine,
  epochLineSchema,
  type RunConfig,
  type RunResult,
  type RunStatus,
  runConfigSchema,
  runFiles,
  runResultSchema,
  studyFile,
} from "./types.ts";

/** A run as recorded on disk. */
export interface Run {
  readonly id: string;
  readonly path: string;
  readonly status: RunStatus;
  readonly config: RunConfig;
  /** Absent while the run is trained, and if it was killed. */
  readonly result?: RunResult;
}

/** A folder that is no run, or is damaged. */
export interface DamagedRun {
  readonly id: string;
  readonly path: string;
  /** What is wrong with it. */
  readonly problem: string;
}

export function isDamaged(run: Run | DamagedRun): run is DamagedRun {
  return "problem" in run;
}

/** Reads a folder. It never throws: problems are in the result. */
export function readRun(path: string): Run | DamagedRun {
  const id = basename(path);
  try {
    const config = readConfig(path);
    const file = join(path, runFiles.result);
    const result = existsSync(file) ? readJson(file, runResultSchema) : undefined;
    return { id, path, status: statusOf(path, result), config, ...(result && { result }) };
  } catch (error) {
    return { id, path, problem: (error as Error).message };
  }
}

/**
 * A run without a recorded end is running, or was killed. One whose process cannot be seen from
 * here counts as running.
 */
function statusOf(path: string, result?: RunResult): RunStatus {
  if (result !== undefined && result.status !== "running") return result.status;
  const { life = "dead" } = ownerOf(path) ?? {};
  return life === "dead" ? "interrupted" : "running";
}

/** @throws Error if there is no config.json in the folder, or it has another format */
export function readConfig(path: string): RunConfig {
  return readJson(join(path, runFiles.config), runConfigSchema);
}

/**
 * The finished epochs of a run; none if it has no metrics.jsonl yet.
 * @throws Error if a finished line is damaged
 */
export function readMetrics(path: string): EpochLine[] {
  const file = join(path, runFiles.metrics);
  if (!existsSync(file)) return [];
  checkIsFile(file);
  return readJsonLines(file).map((line, index) =>
    checked(line, epochLineSchema, `line ${index + 1} of ${runFiles.metrics}`),
  );
}

/** All run folders, the newest first, without those of studies; damaged ones come last. */
export function listRuns(folder: string): (Run | DamagedRun)[] {
  const runs = readdirSync(folder)
    // One that is being made is hidden.
    .filter((name) => !name.startsWith("."))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory())
    .filter((path) => !existsSync(join(path, studyFile)))
    .map(readRun);
  const time = (run: Run | DamagedRun) => (isDamaged(run) ? 0 : Date.parse(run.config.started));
  return runs.sort((a, b) => time(b) - time(a) || (a.id < b.id ? 1 : -1));
}

/** A pipe would be waited for without end. */
function checkIsFile(path: string): void {
  const facts = statSync(path);
  if (!facts.isFile())
    throw new Error(facts.isDirectory() ? "it is a folder" : `${basename(path)} is a pipe or a device`);
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  const name = basename(file);
  let text: string;
  try {
    checkIsFile(file);
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? `it has no ${name}` : `${name}: ${sentence(error)}`, { cause: error });
  }
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const isDeep = error instanceof RangeError;
    const why = isDeep ? `${name}: ${sentence(error)}` : text.trim() === "" ? `${name} is empty` : `${name} is no JSON`;
    throw new Error(why, { cause: error });
  }
  return checked(value, schema, name);
}

function checked<T>(value: unknown, schema: z.ZodType<T>, what: string): T {
  const { success, data, error } = schema.safeParse(value, { error: sayMissing });
  if (success) return data;
  throw new Error(`${what}: ${firstIssue(error)}`);
}
