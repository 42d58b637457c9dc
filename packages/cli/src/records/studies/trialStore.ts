import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type StudyData, studyVersion, type TrialRun } from "evenkeel/study";
import { type CommandError, misuse } from "../../shell/errors.ts";
import { makeFolder } from "../../shell/files/makeFolder.ts";
import { parseJson } from "../../shell/files/parseJson.ts";
import { writeAll } from "../../shell/files/writeAll.ts";
import { writeAtomic, writing } from "../../shell/files/writeAtomic.ts";
import { digestOf } from "./dataDigest.ts";
import { trialRunOf } from "./trialRun.ts";

/**
 * The finished trials of a study, in a folder: a study can be resumed from there, even after it was
 * killed.
 */
export interface TrialStore {
  /** The trials that the folder held when it was opened: `finished` for `runStudy`. */
  readonly finished: readonly TrialRun[];
  /** Records a trial. It is on the disk when this returns. */
  readonly append: (run: TrialRun) => void;
  /** Whether there is such a trial. */
  readonly has: (isMeant: (run: TrialRun) => boolean) => boolean;
  /**
   * Takes trials out that turned out to be wrong.
   * @returns those that are left, the ones of now included
   */
  readonly without: (isWrong: (run: TrialRun) => boolean) => readonly TrialRun[];
  readonly close: () => void;
}

interface Header {
  readonly format: "evenkeel study trials";
  readonly version: number;
  /** SHA-256 of table and schema. */
  readonly data: string;
}

const fileName = "trials.jsonl";

/**
 * Opens the folder's store, or creates it. A trial is a line of JSON; an incomplete last line is
 * dropped.
 * @throws CommandError if the folder holds trials of another table or another version, or a damaged
 *   line
 */
export function openTrialStore(folder: string, data: StudyData): TrialStore {
  makeFolder(folder);
  const path = join(folder, fileName);
  const header: Header = { format: "evenkeel study trials", version: studyVersion, data: digestOf(data) };
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").slice(0, -1);
  if (lines.length > 0) checkHeader(path, parseLine(path, lines[0], 1), header);
  const finished = lines.slice(1).map((line, i) => checkRun(path, parseLine(path, line, i + 2), i + 2));
  let file = openSync(path, "a");
  const write = (value: object) => {
    writing(path, () => {
      writeAll(file, `${JSON.stringify(value)}\n`);
      fsyncSync(file);
    });
  };
  if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
  if (lines.length === 0) {
    write(header);
    syncFolder(folder);
  }
  let kept = [...finished];
  let open = true;
  return {
    finished,
    append: (run) => {
      write(run);
      kept.push(run);
    },
    has: (isMeant) => kept.some(isMeant),
    without: (isWrong) => {
      const right = kept.filter((run) => !isWrong(run));
      if (right.length === kept.length) return kept;
      writeAtomic(path, [header, ...right].map((value) => `${JSON.stringify(value)}\n`).join(""));
      closeSync(file);
      file = openSync(path, "a");
      kept = right;
      return kept;
    },
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** A new file survives a power failure only if its folder was flushed, too. */
function syncFolder(folder: string): void {
  // Windows cannot open folders, and does not need this.
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function parseLine(path: string, line: string, number: number): unknown {
  try {
    return parseJson(line);
  } catch {
    throw damaged(path, number);
  }
}

function damaged(path: string, line: number, why = ""): CommandError {
  return misuse(
    "damaged-file",
    `line ${line} of ${path} is damaged${why}`,
    "delete that line, and its trial is run again",
  );
}

function checkHeader(path: string, given: unknown, expected: Header): void {
  const { format, version, data } = (given ?? {}) as Partial<Header>;
  if (format !== expected.format) throw misuse("damaged-file", `${path} is no file of trials`, "choose another folder");
  if (version !== expected.version) {
    throw misuse(
      "damaged-file",
      `${path} holds trials of ${version === undefined ? "no version" : `version ${JSON.stringify(version)}`}, this is version ${expected.version}`,
      "choose another folder, or delete it",
    );
  }
  if (data !== expected.data) {
    throw misuse(
      "conflict",
      `${path} holds trials of another table or another schema`,
      "choose another folder, or delete it",
    );
  }
}

function checkRun(path: string, given: unknown, line: number): TrialRun {
  const found = trialRunOf(given);
  if ("run" in found) return found.run;
  throw damaged(path, line, `: ${found.why}`);
}
