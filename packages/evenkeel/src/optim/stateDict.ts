import {
  formatShape,
  isFloat,
  mismatch,
  refuse,
  refuseGiven,
  type Shape,
  sameShape,
  wrongShape,
  wrongState,
  wrongType,
} from "../core/index.ts";
import { Tensor } from "../tensor/index.ts";

/** The state dict of an optimizer, in PyTorch's structure with camelCase hyperparameters. */
export interface OptimizerStateDict<O = { lr: number }> {
  /**
   * For each parameter that has been stepped, by position: its state tensors under PyTorch's names.
   */
  state: Record<number, Record<string, Tensor>>;
  /**
   * Hyperparameters of each group, the positions of its parameters, and the initial rate if there
   * is a scheduler.
   */
  paramGroups: (O & { params: number[]; initialLr?: number })[];
}

/** The tensors that a parameter's entry must have, and those that it may have. */
export interface StateNames {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** The allowed state of a parameter. */
export interface StateExpectation<O> {
  /** The names of its tensors; any if undefined. */
  stateNames?(options: O): StateNames;
  /** The shape of a tensor; any, if undefined. */
  shapeOf(param: Tensor, name: string): Shape | undefined;
}

/** The properties of the loading optimizer. */
interface Expectation<O> extends StateExpectation<O> {
  readonly options: readonly string[];
  readonly checkOptions: (options: O, scheduled: boolean) => void;
}

interface Checked<O> {
  /** By position among the parameters of the loading optimizer. */
  readonly state: ReadonlyMap<number, Record<string, Tensor>>;
  readonly paramGroups: OptimizerStateDict<O>["paramGroups"];
}

/**
 * Checks a state dict against the loading groups, and orders its state by their parameters. Changes
 * nothing.
 */
export function checkStateDict<O extends object>(
  stateDict: OptimizerStateDict<O>,
  groups: readonly { readonly params: readonly Tensor[] }[],
  expectation: Expectation<O>,
): Checked<O> {
  requireObject(stateDict, "an optimizer's state dict", "{ state, paramGroups }");
  const { state, paramGroups } = stateDict;
  requireObject(state, "state of the state dict", "an object of states by position");
  if (!Array.isArray(paramGroups)) {
    throw refuseGiven("wrong-type", "", "paramGroups of the state dict must be a list of groups", paramGroups);
  }
  if (paramGroups.length !== groups.length) {
    throw refuse(
      "wrong-value",
      "",
      `loaded state dict has a different number of parameter groups: ${paramGroups.length} instead of ` +
        `${groups.length}`,
    );
  }
  const checked = new Map<number, Record<string, Tensor>>();
  const unclaimed = new Set(Object.keys(state));
  let position = 0;
  groups.forEach(({ params }, index) => {
    const saved = paramGroups[index];
    checkGroup(saved, index, params.length, expectation);
    const names = expectation.stateNames?.(saved);
    params.forEach((param, i) => {
      const key = String(saved.params[i]);
      if (unclaimed.delete(key)) {
        const entry = checkEntry(state[saved.params[i]], key, param, names, expectation.shapeOf);
        if (Object.keys(entry).length > 0) checked.set(position, entry);
      }
      position++;
    });
  });
  if (unclaimed.size > 0) {
    throw wrongState(
      "",
      `loaded state dict has state for parameters that none of its groups names: ${[...unclaimed].join(", ")}`,
    );
  }
  return { state: checked, paramGroups };
}

function checkGroup<O extends object>(
  group: OptimizerStateDict<O>["paramGroups"][number],
  index: number,
  size: number,
  { options, checkOptions }: Expectation<O>,
): void {
  requireObject(group, `parameter group ${index} of the state dict`, "an object of hyperparameters and params");
  if (!Array.isArray(group.params) || group.params.some((position) => !Number.isInteger(position))) {
    throw refuse("wrong-type", "", `params of parameter group ${index} of the state dict must be a list of positions`);
  }
  if (group.params.length !== size) {
    throw refuse(
      "wrong-value",
      "",
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: " +
        `group ${index} has ${group.params.length} parameters instead of ${size}`,
    );
  }
  requireKeys(group, [...options, "params"], ["initialLr"], `parameter group ${index} of the loaded state dict`);
  if (group.initialLr !== undefined && typeof group.initialLr !== "number") {
    throw wrongType("", `initialLr of parameter group ${index} of the state dict`, group.initialLr, "a number");
  }
  checkOptions(group, group.initialLr !== undefined);
}

/** The entry without the nulls that PyTorch keeps for absent tensors. */
function checkEntry(
  given: Record<string, Tensor | null>,
  key: string,
  param: Tensor,
  names: StateNames | undefined,
  shapeOf: StateExpectation<never>["shapeOf"],
): Record<string, Tensor> {
  const what = `state ${key} of the loaded state dict`;
  requireObject(given, what, "an object of tensors");
  const entry = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  if (names !== undefined) requireKeys(entry, names.required, names.optional, what);
  for (const [name, value] of Object.entries(entry)) {
    const shape = shapeOf(param, name);
    if (!(value instanceof Tensor)) throw refuseGiven("wrong-type", "", `${name} in ${what} must be a Tensor`, value);
    if (shape === undefined) continue;
    if (name !== "step" && !isFloat(value.dtype)) {
      throw mismatch(
        "wrong-dtype",
        "",
        `${name} in ${what} is ${value.dtype}`,
        "float32 or float64",
        "convert it with .float()",
      );
    }
    if (!sameShape(value.shape, shape)) {
      throw wrongShape(
        "",
        `${name} in ${what}`,
        value.shape,
        `${formatShape(shape)}${name === "step" ? "" : ", the shape of its parameter"}`,
      );
    }
  }
  return entry as Record<string, Tensor>;
}

export function requireObject(value: unknown, what: string, expected: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuseGiven("wrong-type", "", `${what} must be ${expected}`, value);
  }
}

export function requireKeys(
  value: object,
  required: readonly string[],
  optional: readonly string[],
  what: string,
  kind = "optimizer",
): void {
  const names = Object.keys(value);
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !required.includes(name) && !optional.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const misses = missing.length > 0 ? [`misses ${missing.join(", ")}`] : [];
  const has = unknown.length > 0 ? [`has unknown ${unknown.join(", ")}`] : [];
  throw wrongState("", `${what} ${[...misses, ...has].join(" and ")}`, `was it saved by the same kind of ${kind}?`);
}
