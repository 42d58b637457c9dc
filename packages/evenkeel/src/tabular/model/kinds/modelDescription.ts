import { checkOptions, describe, isDeeper, mismatch, refuse, wrongType } from "../../../core/index.ts";
import type { Schema, Task } from "../../schema/schema.ts";
import type { ModelRecord } from "./modelRecord.ts";

/** How the file of one kind of model describes what its tensors mean. */
export interface ModelFormat {
  /** What `metadata.evenkeel` says that it is. */
  readonly name: string;
  readonly version: number;
  /** The function that reads it, for messages. */
  readonly caller: string;
  /** The parts of the description. */
  readonly parts: readonly string[];
  /** What writes such files, for messages. */
  readonly writers: string;
}

interface Description {
  readonly schema: unknown;
  readonly preprocessing: unknown;
  readonly network?: unknown;
  readonly record: ModelRecord;
}

/** A record may hold anything else; deeper ones overflow the stack where they are copied. */
const mostDepth = 64;

/** What the metadata say that a file is; undefined if they say nothing that can be read. */
export function formatIn({ evenkeel }: Readonly<Record<string, string>>): unknown {
  try {
    return (JSON.parse(evenkeel) as { readonly format?: unknown } | null)?.format;
  } catch {
    return undefined;
  }
}

/**
 * The description in a file's metadata: its parts are there, and its record is plain.
 * @throws RangeError or TypeError saying what is wrong with it
 */
export function descriptionIn(
  metadata: Readonly<Record<string, string>>,
  { name, version, caller, parts, writers }: ModelFormat,
): Description {
  if (metadata.evenkeel === undefined) {
    const given =
      metadata.format === "evenkeel-checkpoint"
        ? "this file is a checkpoint, which resumes a training"
        : "this safetensors file holds tensors only";
    throw mismatch("wrong-type", caller, given, `one that ${writers} wrote, whose metadata describes the table`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(metadata.evenkeel);
  } catch {
    throw refuse("wrong-type", caller, "the description of the model in the file's metadata is no JSON");
  }
  const described = parsed as Partial<Description> & { readonly format?: unknown; readonly version?: unknown };
  if (typeof parsed !== "object" || parsed === null || described.format !== name) {
    const what = "the format of the description in the file's metadata";
    throw wrongType(caller, what, described?.format ?? null, `"${name}"`);
  }
  if (described.version !== version) {
    const has = described.version === undefined ? "no version" : `version ${describe(described.version)}`;
    throw refuse("damaged-file", caller, `the file has ${has} of its format, this evenkeel reads ${version}`);
  }
  checkOptions(caller, described, ["format", "version", ...parts]);
  const { record } = described;
  if (isDeeper(record, mostDepth)) {
    throw refuse("damaged-file", caller, `record is nested more than ${mostDepth} levels deep`);
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw wrongType(caller, "record", record, "an object");
  }
  return described as Description;
}

/** What a schema is compared with. */
interface KnownTable {
  readonly target: string;
  readonly task: Task;
  readonly classes: readonly string[] | undefined;
  toJSON(): { readonly inputs: readonly { readonly column: string }[] };
}

/** @throws RangeError if a file's schema and its preprocessing are not of one table */
export function checkAgreement(caller: string, schema: Schema, preprocessing: KnownTable): void {
  const { target, task, classes = [] } = preprocessing;
  const columns = preprocessing.toJSON().inputs.map(({ column }) => column);
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => name);
  const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((x, i) => x === b[i]);
  const parts: readonly [what: string, agrees: boolean][] = [
    ["target", schema.target === target],
    ["task", schema.task === task],
    ["classes", same(schema.classes ?? [], classes)],
    ["features", same(features, columns)],
  ];
  const [wrong] = parts.find(([, agrees]) => !agrees) ?? [];
  if (wrong === undefined) return;
  const statement = `schema and preprocessing in the file have different ${wrong}`;
  throw refuse("damaged-file", caller, statement, "the file is damaged");
}
