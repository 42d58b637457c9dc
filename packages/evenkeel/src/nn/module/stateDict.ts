import { canCast, checkOptions, describe, formatShape, refuseGiven, sameShape, wrongState } from "../../core/index.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { isUninitialized } from "../lazy/uninitialized.ts";
import { inspect } from "../print/print.ts";
import { type Callable, className } from "./callable.ts";
import { ownBuffers, ownParameters } from "./members.ts";
import { join, traverseModules } from "./moduleTree.ts";
import type { Buffer, Parameter } from "./parameter.ts";

/** The state of a module: its parameters and persistent buffers by path, in PyTorch's order. */
export type StateDict = Record<string, Tensor>;

export interface LoadOptions {
  /** Whether missing and unexpected keys are an error; true. */
  readonly strict?: boolean | undefined;
}

/** The result of a load, in order. */
export interface LoadResult {
  /** Keys of the module that the state dict lacks; their values stayed as they were. */
  readonly missingKeys: string[];
  /** Keys of the state dict that the module does not have. */
  readonly unexpectedKeys: string[];
  /** As PyTorch prints it: `<All keys matched successfully>`, or the two lists. */
  toString(): string;
}

class KeysOfLoad implements LoadResult {
  constructor(missingKeys: string[], unexpectedKeys: string[]) {
    this.missingKeys = missingKeys;
    this.unexpectedKeys = unexpectedKeys;
  }

  readonly missingKeys: string[];
  readonly unexpectedKeys: string[];

  toString(): string {
    if (this.missingKeys.length + this.unexpectedKeys.length === 0) return "<All keys matched successfully>";
    const list = (keys: readonly string[]) => `[${keys.map((key) => `'${key}'`).join(", ")}]`;
    return `_IncompatibleKeys(missing_keys=${list(this.missingKeys)}, unexpected_keys=${list(this.unexpectedKeys)})`;
  }

  [inspect](): string {
    return this.toString();
  }
}

/** A tensor held in two places stands under both keys, as in PyTorch. */
function stateOf(root: Callable): [string, Parameter | Buffer][] {
  return traverseModules(root, { removeDuplicate: false }).flatMap(([path, module]) => {
    const kept = ownBuffers(module).filter(([, buffer]) => buffer.persistent);
    const own: [string, Parameter | Buffer][] = [...ownParameters(module), ...kept];
    return own.map(([name, tensor]): [string, Parameter | Buffer] => [join(path, name), tensor]);
  });
}

export function saveState(root: Callable, prefix: string): StateDict {
  // As in PyTorch, an uninitialized member is included itself.
  const kept = (tensor: Tensor) => (isUninitialized(tensor) ? tensor : tensor.detach());
  return Object.fromEntries(stateOf(root).map(([key, tensor]) => [prefix + key, kept(tensor)]));
}

/** Copies `dict` into the module. All of it is checked before anything is written. */
export function loadState(root: Callable, dict: StateDict, options: LoadOptions): LoadResult {
  checkDict(root, dict);
  checkOptions("loadStateDict", options, ["strict"]);
  const { strict = true } = options;
  const state = stateOf(root);
  const known = new Set(state.map(([key]) => key));
  const missingKeys = state.map(([key]) => key).filter((key) => !Object.hasOwn(dict, key));
  const unexpectedKeys = Object.keys(dict).filter((key) => !known.has(key));
  const shared = state.filter(([key]) => Object.hasOwn(dict, key));
  const misfits = shared.flatMap(([key, tensor]) => misfit(key, tensor, dict[key]) ?? []);

  const problems = strict ? [...keyProblems("Missing", missingKeys), ...keyProblems("Unexpected", unexpectedKeys)] : [];
  const lenient = problems.length > 0 ? " Pass { strict: false } to load the keys that both have." : "";
  problems.push(...misfits);
  if (problems.length > 0) {
    throw wrongState(
      "",
      `Error(s) in loading state_dict for ${className(root)}:\n\t${problems.join("\n\t")}\nNothing was ` +
        `loaded.${lenient}`,
    );
  }
  noGrad(() => {
    for (const [key, tensor] of shared) {
      const value = dict[key];
      if (isUninitialized(value)) continue;
      if (isUninitialized(tensor)) tensor.materialize(value.shape);
      tensor.copy_(value);
    }
  });
  return new KeysOfLoad(missingKeys, unexpectedKeys);
}

function checkDict(root: Callable, dict: unknown): void {
  const plain = typeof dict === "object" && dict !== null && !(dict instanceof Tensor);
  if (plain && !Array.isArray(dict) && !(dict instanceof Map)) return;
  throw refuseGiven(
    "wrong-type",
    "",
    `${className(root)}.loadStateDict takes an object of tensors by key, as stateDict() gives`,
    dict,
    dict instanceof Map ? "convert it with Object.fromEntries(map)" : undefined,
  );
}

function keyProblems(what: string, keys: string[]): string[] {
  return keys.length === 0 ? [] : [`${what} key(s) in state_dict: ${keys.map((key) => `"${key}"`).join(", ")}.`];
}

/** The reason why `value` cannot be copied into the tensor at `key`; undefined if it can. */
function misfit(key: string, tensor: Tensor, value: unknown): string | undefined {
  if (!(value instanceof Tensor)) {
    return `wrong kind for ${key}: expected a Tensor in the state dict, got ${describe(value)}.`;
  }
  if (isUninitialized(value)) {
    if (isUninitialized(tensor)) return undefined;
    return `no values for ${key}: in the state dict it is ${value}; call the network that it came from once, then save it.`;
  }
  if (!isUninitialized(tensor) && !sameShape(value.shape, tensor.shape)) {
    return (
      `size mismatch for ${key}: copying a param with shape ${formatShape(value.shape)} from checkpoint, ` +
      `the shape in current model is ${formatShape(tensor.shape)}.`
    );
  }
  if (!canCast(value.dtype, tensor.dtype)) {
    return (
      `dtype mismatch for ${key}: copying ${value.dtype} values from checkpoint into ${tensor.dtype} would lose their ` +
      `fractions; convert them first, with .to("${tensor.dtype}").`
    );
  }
  return undefined;
}
