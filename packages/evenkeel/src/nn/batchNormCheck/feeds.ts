import { Tensor } from "../../tensor/index.ts";
import type { Flow, ModuleCall, OpCall } from "../flow/flow.ts";
import * as activations from "../layers/activation/activation.ts";
import * as piecewise from "../layers/activation/piecewise.ts";
import * as dropouts from "../layers/dropout.ts";
import { Flatten, Unflatten } from "../layers/flatten.ts";
import { Identity } from "../layers/linear.ts";
import { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import { Sequential } from "../module/containers.ts";
import { ownChildren, ownParameters } from "../module/members.ts";
import type { AnyModule, Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";

/** The ops before the input of a BatchNorm, the latest first. */
export type Step =
  | { readonly kind: "dropout"; readonly name: string; readonly p: number }
  | { readonly kind: "activation"; readonly name: string }
  /** Something with weights; only the first of these and what is before it matters. */
  | {
      readonly kind: "learned";
      readonly name: string;
      readonly weights: readonly Parameter[];
      readonly bias?: Parameter | undefined;
    }
  /** An input of the model. */
  | { readonly kind: "input"; readonly name: string }
  /** Something else: what is before it is not looked at. */
  | { readonly kind: "other"; readonly name: string };

/** By the names of exports: a minified class has another. */
const activationClasses = Object.entries({ ...activations, ...piecewise }).flatMap(([name, value]) =>
  typeof value === "function" ? [{ name, type: value as typeof activations.ReLU }] : [],
);

/** Without those for SELU, which keep mean and variance. */
const droppers = Object.entries(dropouts).flatMap(([name, value]) =>
  typeof value === "function" && name.startsWith("Dropout") ? [value as typeof dropouts.Dropout] : [],
);
const isDropout = (module: AnyModule): module is dropouts.Dropout => droppers.some((type) => module instanceof type);

/** The step of a leaf module; undefined for one that only moves values. */
function stepOf(module: AnyModule, path: string): Step | undefined {
  const name = `"${path}"`;
  if (isDropout(module)) return { kind: "dropout", name, p: module.p };
  if (module instanceof Flatten || module instanceof Unflatten || module instanceof Identity) return undefined;
  const activation = activationClasses.find(({ type }) => module instanceof type);
  if (activation !== undefined) {
    const { constructor: made } = module;
    return { kind: "activation", name: `${name} (${made === activation.type ? activation.name : made.name})` };
  }
  const parameters = ownParameters(module);
  if (parameters.length === 0 || module instanceof BatchNormLayer) return { kind: "other", name };
  const bias = parameters.find(([key]) => key === "bias")?.[1];
  const weights = parameters.filter(([, parameter]) => parameter !== bias).map(([, parameter]) => parameter);
  return { kind: "learned", name, weights, ...(bias && { bias }) };
}

/** A Sequential that runs its modules in order. */
function isChain(module: unknown): module is Sequential {
  return module instanceof Sequential && module.forward === Sequential.prototype.forward;
}

/** The chains inside a chain. */
function chainsIn(chain: Sequential): Module[] {
  return [chain as unknown as Module, ...[...chain].filter(isChain).flatMap(chainsIn)];
}

const isLeaf = (module: AnyModule) => ownChildren(module).length === 0;

/** Ops before the second layer with weights do not affect a BatchNorm. */
function isEnough(steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (last?.kind === "other" || last?.kind === "input") return true;
  return steps.filter(({ kind }) => kind === "learned").length === 2;
}

/**
 * The ops before each BatchNorm in the Sequentials of a model, by order; BatchNorms elsewhere are
 * missing.
 */
export function sequentialFeeds(model: AnyModule): Map<BatchNormLayer, Step[]> {
  const feeds = new Map<BatchNormLayer, Step[]>();
  const visit = (chain: Sequential, path: string, before: readonly Step[]): Step[] => {
    let steps = [...before];
    for (const [name, child] of ownChildren<Module>(chain as unknown as Module)) {
      const at = path === "" ? name : `${path}.${name}`;
      if (isChain(child)) {
        steps = visit(child, at, steps);
        continue;
      }
      if (child instanceof BatchNormLayer) feeds.set(child, steps);
      const step = isLeaf(child) ? stepOf(child, at) : ({ kind: "other", name: `"${at}"` } as const);
      if (step !== undefined) steps = [step, ...steps];
    }
    return steps;
  };
  const inside = new Set<Module>();
  for (const [path, module] of model.namedModules()) {
    if (!isChain(module) || inside.has(module)) continue;
    for (const below of chainsIn(module)) inside.add(below);
    visit(module, path, path === "" ? [{ kind: "input", name: "the input" }] : []);
  }
  for (const [norm, steps] of feeds) {
    const end = steps.findIndex((_, i) => isEnough(steps.slice(0, i + 1)));
    feeds.set(norm, end < 0 ? steps : steps.slice(0, end + 1));
  }
  return feeds;
}

/** Operations that move values without changing them. */
const moves = ["reshape", "permute", "expand", "slice", "detach", "clone", "cast", "indexSelect"];
const activationOps = [
  "relu",
  "leakyRelu",
  "elu",
  "sigmoid",
  "silu",
  "gelu",
  "geluTanh",
  "softplus",
  "tanh",
  "softmax",
];

/** The ops before the input of a call, from a recorded run of the model. */
export function tracedFeeds(flow: Flow, call: ModuleCall, inputs: readonly Tensor[]): Step[] {
  const steps: Step[] = [];
  let at = call.inputs[0] as Tensor;
  let isShared = flow.readersOf(at).some(({ module }) => module !== call.module);
  while (!isEnough(steps)) {
    const made = flow.calls.find(
      ({ module, output, inputs }) => output === at && isLeaf(module) && !inputs.includes(at),
    );
    const next = made === undefined ? throughOp(flow, at, inputs) : throughModule(made);
    // A bias with another reader has an effect there.
    const { step } = next;
    if (step !== undefined) steps.push(step.kind === "learned" && isShared ? { ...step, bias: undefined } : step);
    if (next.before === undefined) {
      if (next.step === undefined) steps.push({ kind: "other", name: "something unknown" });
      break;
    }
    at = next.before;
    isShared ||= flow.readersOf(at).length > 1;
  }
  return steps;
}

interface Passed {
  readonly step?: Step | undefined;
  /** The tensor before it. */
  readonly before?: Tensor | undefined;
}

function throughModule({ module, path, inputs }: ModuleCall): Passed {
  const before = inputs.find((input) => input instanceof Tensor);
  return { step: stepOf(module, path), before };
}

function throughOp(flow: Flow, at: Tensor, inputs: readonly Tensor[]): Passed {
  const maker = flow.makerOf(at);
  if (maker === undefined) {
    const index = inputs.indexOf(at);
    return index < 0 ? {} : { step: { kind: "input", name: inputs.length === 1 ? "the input" : `input ${index}` } };
  }
  const { op, path } = maker;
  const where = path === "" ? "" : ` in "${path}"`;
  const tensors = maker.inputs;
  if (moves.includes(op.name)) return { before: tensors[0] };
  if (activationOps.includes(op.name)) {
    return { step: { kind: "activation", name: `F.${op.name}${where}` }, before: tensors[0] };
  }
  const mask = op.name === "mul" ? tensors.findIndex((input) => flow.makerOf(input)?.op.name === "dropoutMask") : -1;
  if (mask >= 0) {
    const { p } = (flow.makerOf(tensors[mask]) as OpCall).attrs as { readonly p: number };
    return { step: { kind: "dropout", name: `F.dropout${where}`, p }, before: tensors[1 - mask] };
  }
  const parameters = tensors.filter((input): input is Parameter => input instanceof Parameter);
  const before = tensors.find((input) => !(input instanceof Parameter));
  const name = `${op.name}${where}`;
  if (parameters.length === 0) return { step: { kind: "other", name } };
  // A parameter that is added is a bias, and so is the last one of a linear map.
  const bias = op.name === "add" ? parameters[0] : tensors[2] instanceof Parameter ? tensors[2] : undefined;
  const weights = parameters.filter((parameter) => parameter !== bias);
  return { step: { kind: "learned", name, weights, ...(bias && { bias }) }, before };
}
