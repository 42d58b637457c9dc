import { describe, mismatch, refuse, unexpected } from "../core/index.ts";
import type { StateDict } from "../nn/index.ts";
import type { OptimizerStateDict } from "../optim/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { checkCheckpoint } from "./checkpointChecks.ts";
import { decodeFile, encodeFile, type RawTensor } from "./file.ts";
import { quoted } from "./headerReader.ts";
import { parsePlain, stringifyPlain } from "./plainData.ts";
import { rawTensor, toTensor } from "./safetensors.ts";

/** The state of early stopping, from `EarlyStopping.stateDict()`. */
export interface EarlyStoppingState {
  /** Epochs seen. */
  readonly epochs: number;
  readonly mode: "min" | "max";
  /** Undefined before the first epoch with a number. */
  readonly best?: number;
  readonly bestEpoch?: number;
  /** Weights and buffers of the best epoch; undefined if none are kept. */
  readonly model?: StateDict;
}

/**
 * Everything that the next step of a training depends on. `O` are the hyperparameters of the
 * optimizer.
 */
export interface Checkpoint<O = object> {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Optimizer steps done. */
  readonly step: number;
  readonly model: StateDict;
  /** The state dict of an `AveragedModel`. */
  readonly average?: StateDict;
  readonly optimizer: OptimizerStateDict<O>;
  /** The state dict of a learning rate scheduler, plain data. */
  readonly scheduler?: object;
  /**
   * States of generators by name: `{ default: getRngState() }`, and those that loaders draw from.
   */
  readonly generators?: Readonly<Record<string, Uint8Array>>;
  readonly earlyStopping?: EarlyStoppingState;
  /** The state of early stopping. */
  readonly monitor?: string;
  /** Records of the epochs, plain data. */
  readonly history?: readonly object[];
  /** The final state of the training that this one, a refit or a fold, repeats on other rows. */
  readonly first?: Checkpoint<O>;
  /** The finished folds that say how long a refit is, plain data. */
  readonly folds?: readonly object[];
  /** Whether this is the state of a fold. */
  readonly inFold?: boolean;
}

const format = "evenkeel-checkpoint";
const version = "1";
const noCheckpoint = "read weights alone with loadSafetensors";

/**
 * One safetensors file of a training's whole state. Weights stand under "model." + key, so that
 * other programs can take them out; equal states give equal bytes.
 * @throws TypeError or RangeError naming what cannot be saved
 */
export function saveCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  checkCheckpoint("saveCheckpoint", checkpoint);
  const { tensors, state } = partsOf(checkpoint);
  return encodeFile(tensors, { format, version, state: stringifyPlain(state, "saveCheckpoint: the state") });
}

/** The tensors of a checkpoint by their names in the file, and the rest as plain data. */
function partsOf(checkpoint: Checkpoint, prefix = ""): { tensors: RawTensor[]; state: object } {
  const { model, average, optimizer, generators = {}, earlyStopping, first, ...rest } = checkpoint;
  const { model: best, ...stopping } = earlyStopping ?? {};
  const positions = Object.keys(optimizer.state);
  const before = first && partsOf(first, "first.");
  const state = {
    ...rest,
    ...(average && { hasAverage: true }),
    optimizer: { paramGroups: optimizer.paramGroups, positions: positions.map(Number) },
    earlyStopping: earlyStopping && { ...stopping, hasModel: best !== undefined },
    first: before?.state,
  };
  const tensors = [
    ...rawTensors(`${prefix}model`, model),
    ...rawTensors(`${prefix}average`, average ?? {}),
    ...positions.flatMap((position) => rawTensors(`${prefix}optimizer.${position}`, optimizer.state[Number(position)])),
    ...rawTensors(`${prefix}best`, best ?? {}),
    ...Object.entries(generators).map(
      ([name, bytes]): RawTensor => ({
        ...{ name: `${prefix}generator.${name}`, dtype: "U8", shape: [bytes.length], bytes },
      }),
    ),
    ...(before?.tensors ?? []),
  ];
  return { tensors, state };
}

/** A missing tensor of an optimizer is null, as in PyTorch. */
function rawTensors(prefix: string, tensors: Readonly<Record<string, Tensor | null>>): RawTensor[] {
  return Object.entries(tensors).flatMap(([key, value]) =>
    value === null ? [] : [rawTensor(`${prefix}.${key}`, value)],
  );
}

/**
 * Reads a file of {@link saveCheckpoint}, for `fit(model, { …, resume: checkpoint })`, or for the
 * `loadStateDict` of model and optimizer, which say what does not fit. As safe to read as
 * `loadSafetensors`.
 * @throws TypeError if `bytes` is no Uint8Array
 * @throws RangeError if it is no checkpoint or one of a version not known here; that or TypeError
 *   if it is damaged
 */
export function loadCheckpoint(bytes: Uint8Array): Checkpoint<never> {
  const { tensors, metadata } = decodeFile(bytes);
  if (metadata.format === undefined) {
    throw mismatch("damaged-file", "loadCheckpoint", "the file names no format", `"${format}"`, noCheckpoint);
  }
  if (metadata.format !== format) {
    throw unexpected(
      "damaged-file",
      "loadCheckpoint",
      "the file's format",
      metadata.format,
      `"${format}"`,
      noCheckpoint,
    );
  }
  if (metadata.version !== version) {
    throw refuse(
      "wrong-value",
      "loadCheckpoint",
      `the checkpoint has ${metadata.version === undefined ? "no version" : `version ${describe(metadata.version)}`}, this library reads "${version}"`,
      "update it",
    );
  }
  const state = parsePlain(metadata.state ?? "null", "loadCheckpoint: the state");
  const parts = new Parts(tensors);
  const checkpoint = read(record(state, "the state"), parts);
  parts.end();
  checkCheckpoint("loadCheckpoint", checkpoint);
  return checkpoint as unknown as Checkpoint<never>;
}

function read(state: Record<string, unknown>, parts: Parts, prefix = ""): Record<string, unknown> {
  const { optimizer, earlyStopping, first, hasAverage, ...rest } = state;
  const { paramGroups, positions } = record(optimizer, `${prefix}optimizer`);
  if (!Array.isArray(positions) || positions.some((position) => !Number.isSafeInteger(position))) {
    throw mismatch(
      "damaged-file",
      "loadCheckpoint",
      `${prefix}optimizer.positions is damaged`,
      "a list of whole numbers",
    );
  }
  const checkpoint: Record<string, unknown> = {
    ...rest,
    model: parts.take(`${prefix}model`),
    ...(hasAverage === true && { average: parts.take(`${prefix}average`) }),
    optimizer: {
      state: Object.fromEntries(positions.map((position) => [position, parts.take(`${prefix}optimizer.${position}`)])),
      paramGroups,
    },
    generators: parts.takeBytes(`${prefix}generator`),
  };
  if (earlyStopping !== undefined) {
    const { hasModel, ...stopping } = record(earlyStopping, `${prefix}earlyStopping`);
    checkpoint.earlyStopping = hasModel === true ? { ...stopping, model: parts.take(`${prefix}best`) } : stopping;
  }
  // A refit follows one training only: the check of the whole refuses deeper nesting.
  if (first !== undefined) checkpoint.first = prefix === "" ? read(record(first, "first"), parts, "first.") : first;
  return checkpoint;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unexpected("damaged-file", "loadCheckpoint", what, value, "an object", "the file is damaged");
}

/**
 * The tensors of a file by part: "model", "best", "generator", "optimizer.0", "first.model" and so
 * on.
 */
class Parts {
  readonly #parts = new Map<string, [key: string, RawTensor][]>();

  constructor(tensors: readonly RawTensor[]) {
    for (const raw of tensors) {
      const [, part, key] =
        /^((?:first\.)?(?:model|average|best|generator|optimizer\.\d+))\.(.*)$/s.exec(raw.name) ?? [];
      if (part === undefined) throw misplaced(raw.name);
      const entries = this.#parts.get(part) ?? [];
      this.#parts.set(part, entries);
      entries.push([key, raw]);
    }
  }

  take(part: string): Record<string, Tensor> {
    return Object.fromEntries(this.#claim(part).map(([key, raw]) => [key, toTensor(raw)]));
  }

  takeBytes(part: string): Record<string, Uint8Array> {
    return Object.fromEntries(this.#claim(part).map(([key, { bytes }]) => [key, Uint8Array.from(bytes)]));
  }

  /** @throws RangeError if a tensor is left over */
  end(): void {
    for (const [[, { name }]] of this.#parts.values()) throw misplaced(name);
  }

  #claim(part: string): [key: string, RawTensor][] {
    const entries = this.#parts.get(part) ?? [];
    this.#parts.delete(part);
    return entries;
  }
}

function misplaced(name: string): Error {
  return refuse(
    "damaged-file",
    "loadCheckpoint",
    `the tensor ${quoted(name)} belongs to no part of a checkpoint`,
    "the file is damaged",
  );
}
