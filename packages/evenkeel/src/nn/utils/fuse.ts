import { checkOptions, wrongState, wrongType } from "../../core/index.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { tensorsIn } from "../../tensor/tensorsIn.ts";
import { type Flow, type ModuleCall, recordFlow } from "../flow/flow.ts";
import { keepingState } from "../flow/keepingState.ts";
import { requireInitialized } from "../flow/requireInitialized.ts";
import { Identity, LinearLayer } from "../layers/linear.ts";
import { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import type { Callable } from "../module/callable.ts";
import { clone } from "../module/clone.ts";
import { hookCount } from "../module/hooks.ts";
import { ownBuffers, ownChildren, ownParameters } from "../module/members.ts";
import { type AnyModule, type InputsOf, Module } from "../module/module.ts";
import { inspect } from "../print/print.ts";
import { scaleShiftOf, type WeightsInDouble, weightsOf } from "./fuseWeights.ts";

export interface FuseOptions {
  /**
   * The input of the model in evaluation: a tensor, or a list of several. A run on it records the
   * data flow.
   */
  readonly input: Tensor | readonly Tensor[];
}

/** A batch normalization that became part of a layer. */
export interface FoldedBatchNorm {
  /** Its path, where an Identity is now. */
  readonly norm: string;
  /** The layer that it was folded into. */
  readonly into: string;
  /** Whether that layer is before the normalization or after it. */
  readonly place: "before" | "behind";
}

/** A batch normalization that stays as it is. */
export interface KeptBatchNorm {
  readonly norm: string;
  readonly reason: string;
}

/** The result of {@link fuse}. Prints as a list of the folded layers. */
export class Fused<M extends AnyModule = AnyModule> {
  /** A copy of the model without the batch normalizations that could be folded. */
  readonly model: M;
  readonly folded: readonly FoldedBatchNorm[];
  readonly kept: readonly KeptBatchNorm[];
  /**
   * How far the outputs for the given input are from those of the original: the largest difference,
   * and that divided by the largest output.
   */
  readonly difference: { readonly absolute: number; readonly relative: number };

  constructor(
    model: M,
    folded: readonly FoldedBatchNorm[],
    kept: readonly KeptBatchNorm[],
    difference: { readonly absolute: number; readonly relative: number },
  ) {
    this.model = model;
    this.folded = folded;
    this.kept = kept;
    this.difference = difference;
  }

  toString(): string {
    const { absolute, relative } = this.difference;
    return [
      `${this.folded.length} of ${this.folded.length + this.kept.length} batch normalizations folded`,
      ...this.folded.map(({ norm, into, place }) => `  "${norm}" into "${into}" ${place} it`),
      ...this.kept.map(({ norm, reason }) => `  "${norm}" stays: ${reason}`),
      `largest difference on the given input: ${absolute.toExponential(1)}, relative to the largest output ${relative.toExponential(1)}`,
    ].join("\n");
  }

  [inspect](): string {
    return this.toString();
  }
}

/**
 * A copy of a model for inference, in which batch normalizations are folded into the Linear or
 * convolution before them, or into the Linear right behind: fewer operations, the same outputs up
 * to rounding. The model is left as it is; in the copy an Identity stands where a normalization
 * stood. Weights are computed in float64 and rounded once.
 *
 * The model is run on `input` to record the data flow: a normalization is folded only if its input
 * is the output of the layer alone, if there is no other reader, and if both are called once. A
 * normalization before a convolution stays, because zeros at the borders are not normalized.
 * Dropout does nothing in evaluation and is no obstacle.
 *
 * @throws TypeError if the model is no module, or the input no tensor; Error if a module is in
 *   training mode, or the model cannot be copied; whatever the model throws
 */
export function fuse<M extends AnyModule>(model: M, options: FuseOptions): Fused<M> {
  if (!(model instanceof Module)) throw wrongType("fuse", "the model", model, "an nn.Module");
  checkOptions("fuse", options, ["input"]);
  const inputs = options.input instanceof Tensor ? [options.input] : options.input;
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every((item) => item instanceof Tensor)) {
    throw wrongType("fuse", "input", options.input, "a Tensor, or a list of those that the model takes");
  }
  requireInitialized("fuse", model);
  const training = model.namedModules().find(([, module]) => module.training);
  if (training !== undefined) {
    const where = training[0] === "" ? "the model" : `"${training[0]}"`;
    throw wrongState("fuse", `${where} is in training mode`, "folding is for evaluation, call model.eval() first");
  }
  let output: unknown;
  const flow = keepingState(model, () =>
    recordFlow(model, () => {
      output = noGrad(() => model(...(inputs as InputsOf<M>)));
    }),
  );
  const copy = clone(model);
  const folded: FoldedBatchNorm[] = [];
  const kept: KeptBatchNorm[] = [];
  const weights = new Map<string, WeightsInDouble>();
  for (const [norm, module] of model.namedModules()) {
    if (!(module instanceof BatchNormLayer)) continue;
    const found = partnerOf(module, flow, output, model);
    if (typeof found === "string") {
      kept.push({ norm, reason: found });
      continue;
    }
    const { path: into, place } = found;
    const layer = weights.get(into) ?? (weightsOf(copy.getSubmodule(into)) as WeightsInDouble);
    weights.set(into, layer);
    if (place === "before") layer.foldAfter(scaleShiftOf("fuse", module));
    else layer.foldBefore(scaleShiftOf("fuse", module));
    folded.push({ norm, into, place });
  }
  for (const layer of weights.values()) layer.write();
  replace(copy, new Set(folded.map(({ norm }) => norm)));
  const after = keepingState(copy, () => noGrad(() => copy(...(inputs as InputsOf<M>))));
  return new Fused(copy, folded, kept, difference(tensorsIn(output), tensorsIn(after)));
}

interface Partner {
  readonly path: string;
  readonly place: "before" | "behind";
}

/** The layer that a normalization can be folded into, or why there is none. */
function partnerOf(norm: BatchNormLayer, flow: Flow, output: unknown, model: AnyModule): Partner | string {
  const [call, ...others] = flow.callsOf(norm);
  if ((norm as AnyModule) === model) return "it is the whole model";
  if (call === undefined) return "the model does not call it";
  if (others.length > 0) return `it is called ${others.length + 1} times`;
  if (norm.running_mean === null) return "it keeps no running statistics";
  if (norm[hookCount] > 0) return "it has hooks, which would be gone";
  const own = [...ownParameters(norm), ...ownBuffers(norm)];
  const shared = own.find(([, tensor]) => flow.readersOf(tensor).some(({ module }) => !isSame(module, norm)));
  if (shared !== undefined) return `its ${shared[0]} is used elsewhere too`;

  const outputs = tensorsIn(output);
  /** The reason why a layer and the normalization share a tensor with another reader, if any. */
  const between = (value: Tensor, reader: AnyModule) =>
    flow.isWritten(value)
      ? "what is between them is written to"
      : outputs.includes(value) || flow.readersOf(value).some(({ module }) => !isSame(module, reader))
        ? "what is between them is used elsewhere too"
        : undefined;
  const given = call.inputs[0] as Tensor;
  const before = flow.calls.find(({ module, output }) => output === given && givesChannels(module, given));
  if (before !== undefined) {
    const reason = reasonAgainst(before, flow) ?? between(given, norm);
    return reason === undefined
      ? { path: before.path, place: "before" }
      : `"${before.path}" is before it, but ${reason}`;
  }
  const made = call.output as Tensor;
  const behind = flow.calls.find(({ module, inputs }) => inputs[0] === made && weightsOf(module) !== undefined);
  if (behind === undefined) return "no Linear or convolution is right before it, and none right behind";
  const { path, module } = behind;
  if (!(module instanceof LinearLayer)) return `"${path}" behind it has borders of zeros, which are not normalized`;
  if (made.ndim !== 2) return `"${path}" behind it works on another dimension`;
  const reason = reasonAgainst(behind, flow) ?? between(made, module);
  return reason === undefined ? { path, place: "behind" } : `"${path}" is behind it, but ${reason}`;
}

const isSame = (a: AnyModule, b: AnyModule) => a === b;

/** The reason why a normalization cannot be folded into a layer, if any. */
function reasonAgainst({ module }: ModuleCall, flow: Flow): string | undefined {
  const times = flow.callsOf(module).length;
  if (times !== 1) return `it is called ${times} times`;
  if (module[hookCount] > 0) return "it has hooks, which would see other values";
  for (const [name, parameter] of ownParameters(module)) {
    if (flow.readersOf(parameter).length > 1) return `its ${name} is used elsewhere too`;
  }
  return undefined;
}

/**
 * Whether the channels of a normalization are those that a layer gives: a Linear's are only in [N,
 * C].
 */
function givesChannels(module: AnyModule, output: Tensor): boolean {
  return weightsOf(module) !== undefined && (output.ndim === 2 || !(module instanceof LinearLayer));
}

function replace(model: AnyModule, paths: ReadonlySet<string>): void {
  const gone = new Set<unknown>([...paths].map((path) => model.getSubmodule(path)));
  for (const module of model.modules()) {
    for (const [name, child] of ownChildren<Callable>(module)) {
      if (!gone.has(child)) continue;
      const identity = new Identity().eval();
      module.addModule(name, identity);
    }
  }
}

function difference(before: readonly Tensor[], after: readonly Tensor[]): { absolute: number; relative: number } {
  let [absolute, largest] = [0, 0];
  for (const [i, { data }] of before.entries()) {
    for (let k = 0; k < data.length; k++) {
      const [old, now] = [Number(data[k]), Number(after[i].data[k])];
      if (Object.is(old, now) || old === now) continue;
      const apart = Math.abs(old - now);
      absolute = apart > absolute || Number.isNaN(apart) ? apart : absolute;
    }
    for (const value of data) largest = Math.max(largest, Math.abs(Number(value)));
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / largest };
}
