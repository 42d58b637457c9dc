import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { misuse } from "../../shell/errors.ts";
import { appendLine } from "../../shell/files/jsonLines.ts";
import { makeFolder } from "../../shell/files/makeFolder.ts";
import {
  flushFile,
  flushFolder,
  removeLeftovers,
  temporaryBeside,
  writeAtomic,
} from "../../shell/files/writeAtomic.ts";
import { sentence } from "../../shell/sentence.ts";
import { version } from "../../shell/version.ts";
import { Ownership } from "../owner/owner.ts";
import { EventFile } from "../tensorboard/eventFile.ts";
import { readConfig, readMetrics } from "./readRun.ts";
import { type EpochLine, type RunConfig, type RunResult, runFiles, type ScoresByName } from "./types.ts";

/** The config of a new run without what the folder adds. */
export type NewRun = Omit<RunConfig, "format" | "id" | "started" | "versions">;

/** The number of finished epochs of a training, of the fold that it is in, and of its refit. */
interface DoneEpochs {
  readonly training: number;
  /** A fold and its epochs; those before it are finished. */
  readonly fold?: readonly [fold: number, epochs: number];
  /** Then all folds are finished. */
  readonly refit?: number;
}

/** How many epochs are finished of the stage that a line belongs to. */
function finishedOf({ stage, fold = 0 }: EpochLine, done: DoneEpochs): number {
  if (stage === undefined) return done.training;
  if (stage === "refit") return done.refit ?? 0;
  if (done.fold === undefined) return done.refit === undefined ? 0 : Number.POSITIVE_INFINITY;
  const [current, epochs] = done.fold;
  return fold < current ? Number.POSITIVE_INFINITY : fold === current ? epochs : 0;
}

/**
 * The folder of a run. All files are written atomically (see {@link writeAtomic}) except the
 * metrics and TensorBoard's events, which grow by whole lines and records. So the folder can be
 * read whenever the process is killed.
 */
export class RunFolder {
  readonly path: string;
  readonly id: string;
  readonly #owner: Ownership;
  #events: EventFile | undefined;

  private constructor(path: string, owner: Ownership) {
    this.path = path;
    this.id = basename(path);
    this.#owner = owner;
  }

  /**
   * Makes a new folder such as `runs/2026-11-25_mpg_3f2a` and writes its config.json.
   *
   * @param folder - the folder of runs; it is made if missing
   * @throws Error if it cannot be written
   */
  static create(folder: string, config: NewRun, now: Date = new Date()): RunFolder {
    const { path, made } = newFolder(folder, config.table.source, now, (at, id) => {
      const owner = Ownership.claim(at, `the run ${id}`);
      writeJson(join(at, runFiles.config), {
        format: 2,
        id,
        started: now.toISOString(),
        ...config,
        versions: { evenkeel: version, node: process.versions.node },
      } satisfies RunConfig);
      return owner;
    });
    made.moved(path);
    return new RunFolder(path, made);
  }

  /**
   * Opens an interrupted run to resume it. Lines of metrics.jsonl after the checkpoint's epoch are
   * dropped, because these epochs are trained again.
   *
   * @param owner - of the run's folder
   * @param done - the finished epochs of the checkpoint, of the training and of its refit
   * @param changes - settings that differ from now on
   * @throws CommandError if its metrics are damaged; Error if it is no folder of a run
   */
  static resume(path: string, owner: Ownership, done: DoneEpochs, changes: Partial<NewRun> = {}): RunFolder {
    const run = new RunFolder(path, owner);
    // Before anything is written: a damaged folder stays as it is.
    const metrics = recorded(path, runFiles.metrics, () => readMetrics(path));
    const config = recorded(path, runFiles.config, () => readConfig(path));
    writeJson(join(path, runFiles.config), { ...config, ...changes });
    owner.settle();
    if (existsSync(run.file("metrics"))) {
      const kept = metrics.filter((line) => line.epoch <= finishedOf(line, done));
      writeAtomic(run.file("metrics"), kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
    }
    return run;
  }

  /** Ends this process's work in the folder. */
  release(): void {
    this.#owner.release();
  }

  /** The path of one of its files, whether or not the file exists. */
  file(name: keyof typeof runFiles): string {
    return join(this.path, runFiles[name]);
  }

  /** Adds a line to metrics.jsonl. */
  appendMetrics(line: EpochLine): void {
    appendLine(this.file("metrics"), line);
  }

  /** Adds an epoch to TensorBoard's event file, which the first call creates. */
  appendEvents(line: EpochLine): void {
    if (line.stage === "fold") return; // it would be drawn over the training
    this.#events ??= new EventFile(this.path);
    const named = (part: string, scores: ScoresByName = {}) =>
      Object.entries(scores).map(([name, value]) => [`${name}/${part}`, value] as const);
    const refit = line.stage === "refit";
    const scalars = [
      ...named(refit ? "refit" : "train", line.train),
      ...named("validation", line.validation),
      ...named("recomputed", line.recomputed),
    ];
    this.#events.scalars(line.epoch, {
      ...Object.fromEntries(scalars),
      ...(!refit && { learningRate: line.learningRate }),
    });
  }

  writeModel(bytes: Uint8Array): void {
    writeAtomic(this.file("model"), bytes);
  }

  /** Writes the checkpoint after the metrics and events of its epochs, which it flushes. */
  writeCheckpoint(bytes: Uint8Array): void {
    for (const path of [this.file("metrics"), this.#events?.path]) {
      if (path !== undefined && existsSync(path)) flushFile(path);
    }
    writeAtomic(this.file("checkpoint"), bytes);
  }

  writeReport(html: string): void {
    writeAtomic(this.file("report"), html);
  }

  writeResult(result: RunResult): void {
    writeJson(join(this.path, runFiles.result), result);
  }
}

function writeJson(path: string, value: unknown): void {
  writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** @throws CommandError if a record of a run cannot be read */
function recorded<T>(path: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const cure = name === runFiles.metrics ? "delete the lines from there on, or train again" : "train again";
    throw misuse("damaged-file", `${join(path, name)} is damaged: ${sentence(error)}`, cure, { cause: error });
  }
}

/**
 * Makes a folder named by the day, the table, four digits that no other run has, and an optional
 * ending. It takes its name once it is filled, so that a process that is killed meanwhile leaves
 * nothing that looks like a run.
 *
 * @param fill writes into the folder, which has another name by then
 */
export function newFolder<T>(
  folder: string,
  source: string,
  now: Date,
  fill: (path: string, id: string) => T,
  ending = "",
): { readonly path: string; readonly made: T } {
  makeFolder(folder);
  removeLeftovers(folder);
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0"));
  for (;;) {
    const id = `${day.join("-")}_${tableName(source)}_${randomBytes(2).toString("hex")}${ending}`;
    const path = join(folder, id);
    if (existsSync(path)) continue;
    const temporary = temporaryBeside(path);
    mkdirSync(temporary);
    try {
      const made = fill(temporary, id);
      renameSync(temporary, path);
      flushFolder(folder);
      return { path, made };
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      // Somebody else took the name.
      if (!["EEXIST", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}

/** "auto-mpg" for "data/Auto MPG.csv": characters that every file system allows in a name. */
function tableName(source: string): string {
  const name = basename(source, extname(source));
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return plain.slice(0, 24).replaceAll(/^-+|-+$/g, "") || "table";
}
