import { plural, refuse, wrongState } from "../../core/index.ts";
import { checkCheckpoint } from "../../io/checkpointChecks.ts";
import type { Checkpoint } from "../../io/index.ts";
import type { AveragedModel, OptimizerStateDict } from "../../optim/index.ts";
import { defaultGenerator, Generator } from "../../random/index.ts";
import { cloneState, type Tensor } from "../../tensor/index.ts";
import type { Loader } from "../batches.ts";
import type { Metrics } from "../evaluate/scoreboard.ts";
import type { Model } from "../modelState.ts";
import type { EarlyStopping } from "./earlyStopping.ts";
import type { EpochRecord, Monitor } from "./history.ts";
import type { StepOptimizer } from "./programs.ts";

interface Stateful {
  stateDict(): object;
  loadStateDict(state: object): unknown;
}

/** The parts of a training's plan that have state, or determine which state there is. */
interface ResumablePlan<K extends string = string> {
  readonly train: Loader;
  readonly validation?: Loader | undefined;
  readonly metrics?: Metrics<K> | undefined;
  readonly optimizer: StepOptimizer;
  readonly average?: AveragedModel<Model> | undefined;
  readonly scheduler?: object | undefined;
  readonly stopping: EarlyStopping;
  readonly monitor: Monitor<K>;
  readonly epochs: number;
}

/**
 * A copy of everything that the next epoch depends on.
 * @throws Error if something has state that a checkpoint cannot hold
 */
export function takeCheckpoint<K extends string>(
  model: Model,
  plan: ResumablePlan<K>,
  history: readonly EpochRecord<K>[],
): Checkpoint {
  const { optimizer, average, scheduler, stopping, monitor } = plan;
  checkOwned(model, optimizer);
  const generators = generatorsOf(model, plan);
  const checkpoint = {
    epoch: history.length,
    step: history.at(-1)?.step ?? 0,
    model: model.stateDict(),
    ...(average && { average: average.stateDict() }),
    optimizer: stateful("optimizer", optimizer).stateDict() as OptimizerStateDict<object>,
    ...(scheduler && { scheduler: stateful("scheduler", scheduler).stateDict() }),
    generators: Object.fromEntries([...generators].map(([name, generator]) => [name, generator.getState()])),
    earlyStopping: stopping.stateDict(),
    monitor,
    history,
  };
  return cloneState(checkpoint);
}

/**
 * Restores the state of a checkpoint, and returns the finished epochs. All or nothing.
 * @throws TypeError, RangeError or Error if the checkpoint is invalid, or does not match the model
 *   or the optimizer, with the message of their `loadStateDict`
 */
export function resumeTraining<K extends string>(
  model: Model,
  plan: ResumablePlan<K>,
  checkpoint: Checkpoint,
): EpochRecord<K>[] {
  checkCheckpoint("resume", checkpoint);
  const { optimizer, average, scheduler, stopping } = plan;
  const history = checkPosition(plan, checkpoint);
  const generators = checkGenerators(generatorsOf(model, plan), checkpoint.generators ?? {});
  // It belongs to the plan, and nothing else has used it yet.
  stopping.loadStateDict(checkpoint.earlyStopping!);
  const best = stopping.stateDict().model;

  const undo: (() => void)[] = [];
  const load = (part: Stateful, state: object) => {
    const before = cloneState(part.stateDict());
    part.loadStateDict(state);
    undo.unshift(() => part.loadStateDict(before));
  };
  try {
    // Checks now that the best weights match the model, and not only when they are restored at the
    // end.
    if (best !== undefined) load((average?.module ?? model) as Stateful, best);
    load(model as Stateful, checkpoint.model);
    loadPart("an average of the weights", average, checkpoint.average, load);
    load(stateful("optimizer", optimizer), checkpoint.optimizer);
    loadPart("a scheduler", scheduler && stateful("scheduler", scheduler), checkpoint.scheduler, load);
  } catch (error) {
    for (const putBack of undo) putBack();
    throw error;
  }
  for (const [generator, state] of generators) generator.setState(state);
  return history;
}

/** Loads a part that a training may have, or lack. */
function loadPart(
  name: string,
  part: Stateful | undefined,
  state: object | undefined,
  load: (part: Stateful, state: object) => void,
): void {
  if ((part === undefined) !== (state === undefined)) {
    const [saved, here] = state === undefined ? ["without", "has one"] : ["with", "has none"];
    throw wrongState(
      "resume",
      `the checkpoint was saved ${saved} ${name}, this training ${here}`,
      "pass the same options",
    );
  }
  if (part !== undefined && state !== undefined) load(part, cloneState(state));
}

function stateful(name: string, part: object): Stateful {
  const { stateDict, loadStateDict } = part as Partial<Stateful>;
  if (typeof stateDict === "function" && typeof loadStateDict === "function") return part as Stateful;
  throw wrongState(
    "checkpoint",
    `the ${name} has no stateDict() and loadStateDict(), so its state would be lost`,
    "add them",
  );
}

/** @throws Error if the optimizer has parameters that are in no state dict */
function checkOwned(model: Model, optimizer: StepOptimizer): void {
  const own = new Set<Tensor>(model.parameters());
  const foreign = optimizer.paramGroups.flatMap(({ params }) => params.filter((param) => !own.has(param)));
  if (foreign.length === 0) return;
  throw wrongState(
    "checkpoint",
    `the optimizer holds ${foreign.length} parameters that are not the model's, so they would be lost`,
    "make them a part of the model",
  );
}

/** Returns the finished epochs. */
function checkPosition<K extends string>(plan: ResumablePlan<K>, checkpoint: Checkpoint): EpochRecord<K>[] {
  const { epoch, step, monitor, earlyStopping, history } = checkpoint;
  if (epoch > plan.epochs) {
    throw refuse(
      "wrong-value",
      "fit",
      `epochs is ${plan.epochs}, but the checkpoint has ${plural(epoch, "finished epoch")}`,
      "epochs counts from the first one",
    );
  }
  if (history === undefined || earlyStopping === undefined || monitor === undefined) {
    throw wrongState(
      "resume",
      "the checkpoint lacks history, earlyStopping or monitor",
      "it must be one of event.checkpoint()",
    );
  }
  if (monitor !== plan.monitor) {
    throw wrongState(
      "resume",
      `the checkpoint's best epoch was found by ${monitor}, this training looks at ${plan.monitor}`,
      "pass the same validation and earlyStopping",
    );
  }
  const records = cloneState(history) as readonly Readonly<Record<string, unknown>>[];
  if (records.length !== epoch || earlyStopping.epochs !== epoch || (records.at(-1)?.step ?? 0) !== step) {
    throw refuse(
      "conflict",
      "resume",
      `the checkpoint has ${records.length} records for ${epoch} epochs, of which early stopping saw ` +
        `${earlyStopping.epochs}`,
      "they must agree, and its steps with the last record's",
    );
  }
  const names = ["loss", ...Object.keys(plan.metrics ?? {})];
  for (const [i, record] of records.entries()) checkRecord(record, i + 1, names, plan.validation !== undefined);
  return records as unknown as EpochRecord<K>[];
}

function checkRecord(
  record: Readonly<Record<string, unknown>>,
  epoch: number,
  names: readonly string[],
  validated: boolean,
): void {
  const { train, validation, improved } = record;
  const numbers = ["epoch", "step", "learningRate", "seconds"].every((name) => typeof record[name] === "number");
  if (!numbers || record.epoch !== epoch || typeof improved !== "boolean") {
    throw refuse("wrong-value", "resume", `record ${epoch} of the checkpoint's history is not that of epoch ${epoch}`);
  }
  const parts = [["train", train] as const, ...(validation === undefined ? [] : [["validation", validation] as const])];
  const found = parts.flatMap(([part, scores]) =>
    Object.entries(scores ?? {}).flatMap(([name, value]) => (typeof value === "number" ? [`${part}.${name}`] : [])),
  );
  const expected = (validated ? ["train", "validation"] : ["train"]).flatMap((part) =>
    names.map((name) => `${part}.${name}`),
  );
  if (found.sort().join() === expected.sort().join()) return;
  throw wrongState(
    "resume",
    `epoch ${epoch} of the checkpoint's history has the numbers ${found.join(", ")}, this training ` +
      `reports ${expected.join(", ")}`,
    "pass the same metrics and validation",
  );
}

/** All generators that a training draws from, by where they are held. */
function generatorsOf<K extends string>(model: Model, { train, validation }: ResumablePlan<K>): Map<string, Generator> {
  const found = new Map([["default", defaultGenerator]]);
  const look = (holder: unknown, path: string, holders: readonly unknown[]) => {
    if (typeof holder !== "object" || holder === null || holders.includes(holder)) return;
    const parts = holder as Readonly<Record<string, unknown>>;
    if (parts.generator instanceof Generator) found.set(`${path}.generator`, parts.generator);
    for (const part of ["sampler", "batchSampler", "dataset"]) {
      look(parts[part], `${path}.${part}`, [...holders, holder]);
    }
  };
  look(train, "train", []);
  look(validation, "validation", []);
  for (const [path, module] of model.namedModules()) {
    for (const [field, value] of Object.entries(module)) {
      if (value instanceof Generator) found.set(["model", path, field].filter((name) => name !== "").join("."), value);
    }
  }
  return found;
}

/**
 * The states to restore the current generators to.
 * @throws before any generator has changed
 */
function checkGenerators(
  generators: ReadonlyMap<string, Generator>,
  states: Readonly<Record<string, Uint8Array>>,
): [Generator, Uint8Array][] {
  const missing = [...generators.keys()].filter((name) => !Object.hasOwn(states, name));
  const unexpected = Object.keys(states).filter((name) => !generators.has(name));
  if (missing.length > 0 || unexpected.length > 0) {
    const problems = [
      ...missing.map((name) => `${name} draws here, but was not saved`),
      ...unexpected.map((name) => `${name} was saved, but does not draw here`),
    ];
    throw wrongState(
      "resume",
      `the generators are not those of the checkpoint: ${problems.join("; ")}`,
      "make the loaders and the model alike",
    );
  }
  return [...generators].map(([name, generator]) => {
    new Generator().setState(states[name]);
    return [generator, states[name]];
  });
}
