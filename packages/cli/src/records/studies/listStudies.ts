import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { sentence } from "../../shell/sentence.ts";
import { ownerOf } from "../owner/owner.ts";
import type { DamagedRun } from "../runs/readRun.ts";
import { isStudy, readStudy, type StudyConfig } from "./studyFolder.ts";

/** A study as recorded on disk. */
export interface StudyRecord {
  readonly kind: "study";
  readonly id: string;
  readonly path: string;
  readonly status: "finished" | "running" | "interrupted";
  /** The networks that it has trained. */
  readonly networks: number;
  readonly config: StudyConfig;
}

/** The studies in a folder of runs, the newest first; those that cannot be read come last. */
export function listStudies(folder: string): (StudyRecord | DamagedRun)[] {
  const studies = readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => join(folder, name))
    .filter(isStudy)
    .map(read);
  const time = (study: StudyRecord | DamagedRun) => ("problem" in study ? 0 : Date.parse(study.config.started));
  return studies.sort((a, b) => time(b) - time(a) || (a.id < b.id ? 1 : -1));
}

function read(path: string): StudyRecord | DamagedRun {
  const id = basename(path);
  try {
    const config = readStudy(path);
    return { kind: "study", id, path, status: statusOf(path), networks: networksIn(path), config };
  } catch (error) {
    return { id, path, problem: sentence(error) };
  }
}

/** As for runs: without a recorded end it is running, or was killed. */
function statusOf(path: string): StudyRecord["status"] {
  if (existsSync(join(path, "result.json"))) return "finished";
  const { life = "dead" } = ownerOf(path) ?? {};
  return life === "dead" ? "interrupted" : "running";
}

/** A line for each, below that of the file itself. */
function networksIn(path: string): number {
  const file = join(path, "trials.jsonl");
  if (!existsSync(file)) return 0;
  const lines = readFileSync(file).reduce((count, byte) => count + Number(byte === 10), 0);
  return Math.max(0, lines - 1);
}
