import { checkOptions, describe, isPlainObject } from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

const keys = [
  ...["epoch", "step", "model", "optimizer", "scheduler", "generators", "earlyStopping", "monitor", "history"],
  "first",
];
const stoppingKeys = ["epochs", "mode", "best", "bestEpoch", "model"];

/** Whether all parts of a checkpoint are there and of the right kind. @throws TypeError or RangeError naming the part that is not */
export function checkCheckpoint(caller: string, checkpoint: unknown): void {
  if (checkpoint instanceof Uint8Array) {
    throw new TypeError(`${caller}: the checkpoint is a file's bytes, expected what loadCheckpoint(bytes) gives`);
  }
  checkOptions(caller, checkpoint, keys);
  const state = checkpoint as Readonly<Record<string, unknown>>;
  checkCount(caller, "epoch", state.epoch);
  checkCount(caller, "step", state.step);
  checkTensors(caller, "model", state.model);
  checkOptimizer(caller, state.optimizer);
  if (state.scheduler !== undefined) checkObject(caller, "scheduler", state.scheduler);
  if (state.generators !== undefined) {
    checkObject(caller, "generators", state.generators);
    for (const [name, bytes] of Object.entries(state.generators)) {
      if (bytes instanceof Uint8Array) continue;
      throw new TypeError(`${caller}: generators.${name} is ${describe(bytes)}, expected what getState() gives`);
    }
  }
  if (state.earlyStopping !== undefined) checkStopping(caller, state.earlyStopping);
  if (state.monitor !== undefined && typeof state.monitor !== "string") {
    throw new TypeError(`${caller}: monitor is ${describe(state.monitor)}, expected a string`);
  }
  const { history = [] } = state;
  if (!Array.isArray(history) || !history.every(isPlainObject)) {
    throw new TypeError(`${caller}: history is ${describe(history)}, expected a list of records, plain objects`);
  }
  if (state.first === undefined) return;
  if (isPlainObject(state.first) && state.first.first !== undefined) {
    throw new RangeError(`${caller}: first has a training before it, expected one that was the first`);
  }
  checkCheckpoint(`${caller}: first`, state.first);
}

/** @throws as {@link checkCheckpoint} */
export function checkStopping(caller: string, state: unknown): void {
  checkOptions(`${caller}: earlyStopping`, state, stoppingKeys);
  const { epochs, mode, best, bestEpoch, model } = state as Readonly<Record<string, unknown>>;
  checkCount(caller, "earlyStopping.epochs", epochs);
  if (mode !== "min" && mode !== "max") {
    throw new RangeError(`${caller}: earlyStopping.mode is ${describe(mode)}, expected "min" or "max"`);
  }
  if (best !== undefined && (typeof best !== "number" || Number.isNaN(best))) {
    throw new TypeError(`${caller}: earlyStopping.best is ${describe(best)}, expected a number`);
  }
  if ((best === undefined) !== (bestEpoch === undefined)) {
    throw new RangeError(`${caller}: earlyStopping has one of best and bestEpoch, expected both or none`);
  }
  if (bestEpoch !== undefined) {
    checkCount(caller, "earlyStopping.bestEpoch", bestEpoch);
    if ((bestEpoch as number) < 1 || (bestEpoch as number) > (epochs as number)) {
      throw new RangeError(
        `${caller}: earlyStopping.bestEpoch is ${bestEpoch}, expected 1 to ${epochs}, the epochs seen`,
      );
    }
  }
  if (model !== undefined) checkTensors(caller, "earlyStopping.model", model);
}

function checkOptimizer(caller: string, optimizer: unknown): void {
  checkObject(caller, "optimizer", optimizer);
  const { state, paramGroups } = optimizer as Readonly<Record<string, unknown>>;
  checkObject(caller, "optimizer.state", state);
  if (!Array.isArray(paramGroups) || !paramGroups.every(isPlainObject)) {
    throw new TypeError(`${caller}: optimizer.paramGroups is ${describe(paramGroups)}, expected a list of groups`);
  }
  for (const [position, entry] of Object.entries(state as object)) {
    const what = `optimizer.state[${position}]`;
    if (!/^(0|[1-9]\d{0,8})$/.test(position)) {
      throw new RangeError(`${caller}: ${what} is no position of a parameter, expected a whole number`);
    }
    checkObject(caller, what, entry);
    checkTensors(caller, what, Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)));
  }
}

function checkCount(caller: string, what: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw new RangeError(`${caller}: ${what} is ${describe(value)}, expected a whole number of at least 0`);
}

function checkObject(caller: string, what: string, value: unknown): asserts value is object {
  if (isPlainObject(value)) return;
  throw new TypeError(`${caller}: ${what} is ${describe(value)}, expected an object`);
}

function checkTensors(caller: string, what: string, value: unknown): void {
  checkObject(caller, what, value);
  for (const [key, tensor] of Object.entries(value)) {
    if (tensor instanceof Tensor) continue;
    throw new TypeError(`${caller}: ${what} ${JSON.stringify(key)} is ${describe(tensor)}, expected a Tensor`);
  }
}
