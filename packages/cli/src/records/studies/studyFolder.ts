import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isPlainObject } from "evenkeel/problem";
import type { StudyOptions, StudyResult } from "evenkeel/study";
import { type RareClasses, rareClassChoices, type SchemaOptions, schemaOptions } from "evenkeel/tabular";
import { z } from "zod";
import type { PictureFlags } from "../../pictures/pictureFlags.ts";
import { misuse } from "../../shell/errors.ts";
import { makeFolder } from "../../shell/files/makeFolder.ts";
import { parseJson } from "../../shell/files/parseJson.ts";
import { writeAtomic } from "../../shell/files/writeAtomic.ts";
import { sentence } from "../../shell/sentence.ts";
import { version } from "../../shell/version.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import { isOwnerFile, Ownership } from "../owner/owner.ts";
import { checkOwnFiles } from "../ownFiles.ts";
import { newFolder } from "../runs/runFolder.ts";
import { studyFile } from "../runs/types.ts";
import { declaredSchema, firstIssue, sayMissing, tableFlagsSchema } from "../schemas.ts";

/**
 * study.json: everything that was decided before the first network, so that the study can be
 * resumed.
 */
export interface StudyConfig {
  /** Version of this format. */
  readonly format: 2;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** The arguments of the command, without Node and the script. */
  readonly command: readonly string[];
  /** How the table or the pictures are read: the source argument, and the options. */
  readonly source: string | null;
  readonly read: TableFlags & PictureFlags;
  readonly table: { readonly source: string; readonly rows: number; readonly columns: number };
  readonly schema: SchemaOptions;
  /** What was asked for about classes of few rows. */
  readonly rareClasses?: RareClasses;
  readonly options: StudyOptions;
  readonly versions: { readonly evenkeel: string; readonly node: string };
}

/** The config of a new study without what the folder adds. */
export type NewStudy = Omit<StudyConfig, "format" | "started" | "versions">;

const configSchema: z.ZodType<StudyConfig> = z.object({
  format: z.literal(2),
  started: z.iso.datetime(),
  command: z.array(z.string()),
  source: z.string().nullable(),
  read: tableFlagsSchema.extend({
    pictureSize: z.tuple([z.number(), z.number()]).optional(),
    rgb: z.literal(true).optional(),
  }),
  table: z.object({ source: z.string(), rows: z.number(), columns: z.number() }),
  schema: declaredSchema<SchemaOptions>(schemaOptions),
  rareClasses: z.enum(rareClassChoices).exactOptional(),
  // Their contents are checked when the study is planned.
  options: z.custom<StudyOptions>(isPlainObject, "expected an object"),
  versions: z.object({ evenkeel: z.string(), node: z.string() }),
});

/**
 * The folder of a study: study.json, trials.jsonl (see `openTrialStore`), result.json and
 * report.html.
 */
export class StudyFolder {
  readonly path: string;
  readonly config: StudyConfig;
  readonly #owner: Ownership;

  private constructor(path: string, config: StudyConfig, owner: Ownership) {
    this.path = path;
    this.config = config;
    this.#owner = owner;
  }

  get id(): string {
    return basename(this.path);
  }

  /**
   * Makes a new folder: the one that the user named, or one in `runs`.
   * @throws CommandError if the named folder is not empty
   */
  static create(runs: string, out: string | undefined, study: NewStudy, now = new Date()): StudyFolder {
    if (out !== undefined) {
      if (isStudy(out)) throw holdsStudy(out);
      if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).some((name) => !mayStay(name)))) {
        throw misuse("conflict", `${out} exists already`, "choose another folder with --out");
      }
      makeFolder(out);
    }
    const config: StudyConfig = {
      format: 2,
      started: now.toISOString(),
      ...study,
      versions: { evenkeel: version, node: process.versions.node },
    };
    const fill = (path: string) => {
      const owner = Ownership.claim(path, `the study in ${path}`);
      if (isStudy(path)) {
        owner.abandon();
        throw holdsStudy(path);
      }
      writeAtomic(join(path, studyFile), `${JSON.stringify(config, undefined, 2)}\n`);
      return owner;
    };
    if (out !== undefined) return new StudyFolder(out, config, fill(out));
    const { path, made } = newFolder(runs, study.table.source, now, fill, "_study");
    made.moved(path);
    return new StudyFolder(path, config, made);
  }

  /**
   * Opens a study to resume it: a folder, an id in `runs`, or `latest`.
   * @param takeOver whether an owner that cannot be checked from here counts as dead
   * @throws CommandError if there is none, or it is still running
   */
  static resume(runs: string, cwd: string, wanted: string, { takeOver = false } = {}): StudyFolder {
    const path = wanted === "latest" ? latest(runs) : [resolve(cwd, wanted), join(runs, wanted)].find(isStudy);
    if (path === undefined) throw misuse("wrong-value", `there is no study in ${wanted === "latest" ? runs : wanted}`);
    const config = readStudy(path);
    checkOwnFiles(path, `the study in ${path}`);
    const owner = Ownership.claim(path, `the study in ${path}`, { takeOver });
    owner.settle();
    return new StudyFolder(path, config, owner);
  }

  /** Ends this process's work in the folder. */
  release(): void {
    this.#owner.release();
  }

  file(name: "result.json" | "report.html" | "trials.jsonl"): string {
    return join(this.path, name);
  }

  writeResult(result: StudyResult): void {
    this.#write("result.json", `${JSON.stringify(result)}\n`);
  }

  writeReport(html: string): void {
    this.#write("report.html", html);
  }

  #write(name: string, text: string): void {
    writeAtomic(join(this.path, name), text);
  }
}

function holdsStudy(path: string): Error {
  return misuse("conflict", `${path} holds a study`, "continue it with --resume, or choose another folder");
}

/** Whether a file may be in the folder of a new study: one that was killed as it began leaves them. */
function mayStay(name: string): boolean {
  return isOwnerFile(name) || (name.startsWith(`.${studyFile}.`) && name.endsWith(".tmp"));
}

/** Whether a folder holds a study. */
export function isStudy(path: string): boolean {
  return statSync(join(path, studyFile), { throwIfNoEntry: false })?.isFile() === true;
}

function latest(runs: string): string | undefined {
  const names = existsSync(runs) ? readdirSync(runs).filter((name) => !name.startsWith(".")) : [];
  const folders = names.map((name) => join(runs, name));
  const started = folders.filter(isStudy).map((path) => ({ path, started: readStudy(path).started }));
  return started.sort((a, b) => (a.started < b.started ? 1 : -1)).at(0)?.path;
}

/** @throws CommandError if it is not a valid study.json of this version */
export function readStudy(folder: string): StudyConfig {
  const path = join(folder, studyFile);
  try {
    return configSchema.parse(parseJson(readFileSync(path, "utf8")), { error: sayMissing });
  } catch (error) {
    const why = error instanceof z.ZodError ? firstIssue(error) : sentence(error);
    throw misuse("damaged-file", `${path} is damaged: ${why}`);
  }
}
