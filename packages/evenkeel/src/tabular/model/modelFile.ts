import {
  because,
  checkOptions,
  describe,
  isDeeper,
  mismatch,
  type NdArray,
  refuse,
  sizeOf,
  wrongType,
} from "../../core/index.ts";
import { decodeFile } from "../../io/file.ts";
import { decodeValues } from "../../io/fileDtypes.ts";
import { FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import type { Schema } from "../schema/schema.ts";
import { schemaFromJSON } from "../schema/schemaJson.ts";
import { FrozenNetwork } from "./frozenNetwork.ts";
import { countParameters, sizeFor } from "./layers.ts";
import { type ResolvedNetwork, resolveNetwork } from "./networkOptions.ts";

/**
 * What a model's file says beside its tensors: written in `metadata.evenkeel`, and checked when it
 * is read.
 */

/**
 * How a model came about: plain JSON, for people and for `inspect`. Whoever trains decides what it
 * says.
 */
export type ModelRecord = Readonly<Record<string, unknown>>;

/** What a file holds. */
export interface ModelParts {
  readonly schema: Schema;
  readonly preprocessing: FittedPreprocessing;
  readonly network: FrozenNetwork;
  readonly record: ModelRecord;
}

const format = "evenkeel-table-model";
const version = 1;

/** The metadata of a model's file. */
export function describeModel({ schema, preprocessing, network, record }: ModelParts): Record<string, string> {
  const description = { format, version, schema, preprocessing, network: network.options, record };
  return { format: "pt", evenkeel: JSON.stringify(description) };
}

/** @throws RangeError or TypeError saying what is wrong with the file */
export function readModel(bytes: Uint8Array, compile: boolean): ModelParts {
  const { tensors, metadata } = decodeFile(bytes);
  if (metadata.evenkeel === undefined) {
    const given =
      metadata.format === "evenkeel-checkpoint"
        ? "this file is a checkpoint, which resumes a training"
        : "this safetensors file holds tensors only";
    throw mismatch(
      "wrong-type",
      "TableModel.load",
      given,
      "one that TableModel.save or `evenkeel train` wrote, whose metadata describes the table",
    );
  }
  const description = parseDescription(metadata.evenkeel);
  const schema = schemaFromJSON(description.schema);
  const preprocessing = FittedPreprocessing.fromJSON(description.preprocessing);
  checkAgreement(schema, preprocessing);
  const options = resolveNetwork(description.network as ResolvedNetwork);
  const size = sizeFor(preprocessing);
  const needed = countParameters(size, options);
  const held = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (needed > held) {
    throw refuse(
      "damaged-file",
      "TableModel.load",
      `the network that the file describes has ${needed} parameters, but its tensors hold ${held} values`,
    );
  }
  const state = Object.fromEntries(
    tensors.map(({ name, dtype, shape, bytes: values }): [string, NdArray] => {
      return [name, { shape, ...decodeValues(name, dtype, shape, values) }];
    }),
  );
  return { schema, preprocessing, network: frozen(size, options, state, compile), record: description.record };
}

/** @throws RangeError listing the tensors that are missing, unexpected or of another shape */
function frozen(...of: ConstructorParameters<typeof FrozenNetwork>): FrozenNetwork {
  try {
    return new FrozenNetwork(...of);
  } catch (error) {
    const problems = (error as Error).message;
    throw because(
      refuse(
        "damaged-file",
        "TableModel.load",
        `the tensors are not those of the network that the file describes: ${problems}`,
      ),
      error,
    );
  }
}

/** @throws RangeError if a file's schema and its preprocessing are not of one table */
function checkAgreement(schema: Schema, preprocessing: FittedPreprocessing): void {
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
  if (wrong !== undefined) {
    throw refuse(
      "damaged-file",
      "TableModel.load",
      `schema and preprocessing in the file have different ${wrong}`,
      "the file is damaged",
    );
  }
}

interface Description {
  readonly schema: unknown;
  readonly preprocessing: unknown;
  readonly network: unknown;
  readonly record: ModelRecord;
}

/** A record may hold anything else; deeper ones overflow the stack where they are copied. */
const mostDepth = 64;

function parseDescription(text: string): Description {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse("wrong-type", "TableModel.load", "the description of the model in the file's metadata is no JSON");
  }
  const described = parsed as Partial<Description> & { readonly format?: unknown; readonly version?: unknown };
  if (typeof parsed !== "object" || parsed === null || described.format !== format) {
    throw wrongType(
      "TableModel.load",
      "the format of the description in the file's metadata",
      described?.format ?? null,
      `"${format}"`,
    );
  }
  if (described.version !== version) {
    throw refuse(
      "damaged-file",
      "TableModel.load",
      `the file has ${described.version === undefined ? "no version" : `version ${describe(described.version)}`} of its format, this evenkeel reads ${version}`,
    );
  }
  checkOptions("TableModel.load", described, ["format", "version", "schema", "preprocessing", "network", "record"]);
  const { record } = described;
  if (isDeeper(record, mostDepth)) {
    throw refuse("damaged-file", "TableModel.load", `record is nested more than ${mostDepth} levels deep`);
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw wrongType("TableModel.load", "record", record, "an object");
  }
  return described as Description;
}
