import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isPlainObject } from "evenkeel/problem";
import { metrics, type StudyData, studyVersion, type TrialRun, type TrialSpec } from "evenkeel/study";
import { z } from "zod";
import { type CommandError, misuse } from "../../shell/errors.ts";
import { makeFolder } from "../../shell/files/makeFolder.ts";
import { parseJson } from "../../shell/files/parseJson.ts";
import { writing } from "../../shell/files/writeAtomic.ts";
import { figure, firstIssue, sayMissing } from "../schemas.ts";

/**
 * The finished trials of a study, in a folder: a study can be resumed from there, even after it was
 * killed.
 */
interface TrialStore {
  /** The trials that the folder held when it was opened: `finished` for `runStudy`. */
  readonly finished: readonly TrialRun[];
  /** Records a trial. It is on the disk when this returns. */
  readonly append: (run: TrialRun) => void;
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
  const file = openSync(path, "a");
  const write = (value: object) => {
    writing(path, () => {
      writeSync(file, `${JSON.stringify(value)}\n`);
      fsyncSync(file);
    });
  };
  if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
  if (lines.length === 0) {
    write(header);
    syncFolder(folder);
  }
  let open = true;
  return {
    finished,
    append: write,
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

const counts = z.object({ train: z.int(), validation: z.int(), test: z.int() });
const errors = z.partialRecord(z.enum(metrics), figure);
const parts = { train: errors, validation: errors, test: errors };
const reading = z.object({ curve: z.array(figure), ...parts });

/**
 * The keys are in the order in which they are written, so that the same trials give the same bytes.
 */
const runSchema: z.ZodType<TrialRun> = z.object({
  result: z.object({
    // Trials are identified by the text of their spec, so it needs no check: a spec that is not in
    // the plan is ignored.
    spec: z.custom<TrialSpec>(isSpec, "expected the plan of a trial"),
    rows: counts,
    constant: z.object(parts),
    diverged: z.string().nullable(),
    readings: z.object({ asTrained: reading.exactOptional(), recomputed: reading.exactOptional() }),
  }),
  msPerEpoch: z.number().nullable(),
});

function isSpec(given: unknown): boolean {
  return isPlainObject(given) && typeof given.id === "string" && isPlainObject(given.arm);
}

function checkRun(path: string, given: unknown, line: number): TrialRun {
  const { success, data, error } = runSchema.safeParse(given, { error: sayMissing });
  if (success) return data;
  throw damaged(path, line, `: ${firstIssue(error)}`);
}

function digestOf({ table, schema }: StudyData): string {
  const hash = createHash("sha256").update(JSON.stringify(schema));
  for (const column of table.columns) {
    const values = column.type === "text" ? column.codes : column.values;
    hash.update(JSON.stringify([column.name, column.type, values.length]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (column.type === "text") hash.update(JSON.stringify(column.dictionary));
  }
  return hash.digest("hex");
}
