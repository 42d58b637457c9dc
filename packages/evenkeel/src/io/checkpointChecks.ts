import {
  checkOptions,
  checkValue,
  isPlainObject,
  mismatch,
  unexpected,
  wholeNumber,
  wrongType,
} from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

const keys = [
  ...[
    "epoch",
    "step",
    "model",
    "average",
    "optimizer",
    "scheduler",
    "generators",
    "earlyStopping",
    "monitor",
    "history",
  ],
  ...["first", "folds", "inFold"],
];
const stoppingKeys = ["epochs", "mode", "best", "bestEpoch", "model"];

/**
 * Checks that all parts of a checkpoint exist and are of the right kind.
 * @throws TypeError or RangeError naming the part that is not
 */
export function checkCheckpoint(caller: string, checkpoint: unknown): void {
  if (checkpoint instanceof Uint8Array) {
    throw mismatch("wrong-type", caller, "the checkpoint is a file's bytes", "what loadCheckpoint(bytes) gives");
  }
  checkOptions(caller, checkpoint, keys);
  const state = checkpoint as Readonly<Record<string, unknown>>;
  checkValue(caller, "epoch", state.epoch, wholeNumber(0));
  checkValue(caller, "step", state.step, wholeNumber(0));
  checkTensors(caller, "model", state.model);
  if (state.average !== undefined) checkTensors(caller, "average", state.average);
  checkOptimizer(caller, state.optimizer);
  if (state.scheduler !== undefined) checkObject(caller, "scheduler", state.scheduler);
  if (state.generators !== undefined) {
    checkObject(caller, "generators", state.generators);
    for (const [name, bytes] of Object.entries(state.generators)) {
      if (bytes instanceof Uint8Array) continue;
      throw wrongType(caller, `generators.${name}`, bytes, "what getState() gives");
    }
  }
  if (state.earlyStopping !== undefined) checkStopping(caller, state.earlyStopping);
  if (state.monitor !== undefined && typeof state.monitor !== "string") {
    throw wrongType(caller, "monitor", state.monitor, "a string");
  }
  const { history = [] } = state;
  if (!Array.isArray(history) || !history.every(isPlainObject)) {
    throw wrongType(caller, "history", history, "a list of records, plain objects");
  }
  const { folds = [], inFold = false } = state;
  if (!Array.isArray(folds) || !folds.every(isFold))
    throw wrongType(caller, "folds", folds, "a list of { losses, reason }");
  if (typeof inFold !== "boolean") throw wrongType(caller, "inFold", inFold, "true or false");
  if (state.first === undefined) return;
  if (isPlainObject(state.first) && state.first.first !== undefined) {
    throw mismatch("damaged-file", caller, "first has a training before it", "one that was the first");
  }
  checkCheckpoint(`${caller}: first`, state.first);
}

function isFold(fold: unknown): boolean {
  if (!isPlainObject(fold)) return false;
  const { losses } = fold as Readonly<Record<string, unknown>>;
  return Array.isArray(losses) && losses.length > 0 && losses.every((loss) => typeof loss === "number");
}

/** @throws as {@link checkCheckpoint} */
export function checkStopping(caller: string, state: unknown): void {
  checkOptions(`${caller}: earlyStopping`, state, stoppingKeys);
  const { epochs, mode, best, bestEpoch, model } = state as Readonly<Record<string, unknown>>;
  checkValue(caller, "earlyStopping.epochs", epochs, wholeNumber(0));
  if (mode !== "min" && mode !== "max") {
    throw unexpected("damaged-file", caller, "earlyStopping.mode", mode, '"min" or "max"');
  }
  if (best !== undefined && (typeof best !== "number" || Number.isNaN(best))) {
    throw wrongType(caller, "earlyStopping.best", best, "a number");
  }
  if ((best === undefined) !== (bestEpoch === undefined)) {
    throw mismatch("damaged-file", caller, "earlyStopping has one of best and bestEpoch", "both or none");
  }
  if (bestEpoch !== undefined) {
    checkValue(caller, "earlyStopping.bestEpoch", bestEpoch, wholeNumber(0));
    if ((bestEpoch as number) < 1 || (bestEpoch as number) > (epochs as number)) {
      throw unexpected("damaged-file", caller, "earlyStopping.bestEpoch", bestEpoch, `1 to ${epochs}, the epochs seen`);
    }
  }
  if (model !== undefined) checkTensors(caller, "earlyStopping.model", model);
}

function checkOptimizer(caller: string, optimizer: unknown): void {
  checkObject(caller, "optimizer", optimizer);
  const { state, paramGroups } = optimizer as Readonly<Record<string, unknown>>;
  checkObject(caller, "optimizer.state", state);
  if (!Array.isArray(paramGroups) || !paramGroups.every(isPlainObject)) {
    throw wrongType(caller, "optimizer.paramGroups", paramGroups, "a list of groups");
  }
  for (const [position, entry] of Object.entries(state as object)) {
    const what = `optimizer.state[${position}]`;
    if (!/^(0|[1-9]\d{0,8})$/.test(position)) {
      throw mismatch("damaged-file", caller, `${what} is no position of a parameter`, "a whole number");
    }
    checkObject(caller, what, entry);
    checkTensors(caller, what, Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)));
  }
}

function checkObject(caller: string, what: string, value: unknown): asserts value is object {
  if (isPlainObject(value)) return;
  throw wrongType(caller, what, value, "an object");
}

function checkTensors(caller: string, what: string, value: unknown): void {
  checkObject(caller, what, value);
  for (const [key, tensor] of Object.entries(value)) {
    if (tensor instanceof Tensor) continue;
    throw wrongType(caller, `${what} ${JSON.stringify(key)}`, tensor, "a Tensor");
  }
}
