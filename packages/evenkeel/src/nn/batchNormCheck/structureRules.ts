import { plural } from "../../core/index.ts";
import type { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import type { Step } from "./feeds.ts";
import { dropoutShift, squaredMeanOfRelu } from "./figures.ts";
import { type BatchNormFinding, figure, percent } from "./finding.ts";
import type { Seen } from "./observe.ts";

/** Findings about the ops before a BatchNorm. */
export function structureFindings(
  module: string,
  norm: BatchNormLayer,
  steps: readonly Step[],
  seen: Seen | undefined,
): BatchNormFinding[] {
  return [
    ...biasBefore(module, norm, steps),
    ...dropoutBefore(module, steps, seen),
    ...behindActivation(module, steps, seen),
  ];
}

/** Only the statistics of a batch cancel a bias; in evaluation it moves the output. */
function usesBatches({ running_mean, frozen }: BatchNormLayer): boolean {
  return running_mean === null || !frozen;
}

function biasBefore(module: string, norm: BatchNormLayer, steps: readonly Step[]): BatchNormFinding[] {
  const [first] = steps;
  if (first?.kind !== "learned" || first.bias === undefined || !first.bias.requiresGrad || !usesBatches(norm))
    return [];
  const number = first.bias.numel();
  // Bias values that share a mean, such as those of a Linear before Unflatten, are not cancelled.
  if (norm.numFeatures % number !== 0) return [];
  const reason =
    `the mean that is subtracted takes the bias of ${first.name} away again: ${plural(number, "parameter")} without effect, ` +
    "whose gradient is 0 but for rounding noise, which Adam inflates to full-size steps";
  const cure = "make that layer with { bias: false }: the bias of the normalization does its work";
  return [{ rule: "bias-before-norm", severity: "warning", module, number, reason, cure }];
}

function dropoutBefore(module: string, steps: readonly Step[], seen: Seen | undefined): BatchNormFinding[] {
  const at = steps.findIndex(({ kind }) => kind === "dropout");
  const dropout = steps[at];
  if (dropout?.kind !== "dropout" || dropout.p === 0 || dropout.p >= 1) return [];
  const through = steps.slice(0, at).some(({ kind }) => kind === "learned");
  const measured = seen === undefined ? undefined : medianRatio(seen.pool.biased(), seen.quiet.biased());
  const behindRelu = steps[at + 1]?.kind === "activation" && /relu/i.test(steps[at + 1].name);
  const number = measured ?? dropoutShift(dropout.p, behindRelu ? squaredMeanOfRelu : 0);
  const how =
    measured !== undefined
      ? "measured here, the median of its channels"
      : `${behindRelu ? "for normal values behind a ReLU" : "for values of mean 0, more for others"}${through ? ", if they are independent; less if not, which { loader } measures" : ""}`;
  const reason =
    `${dropout.name} (p ${figure(dropout.p)}) is before it${through ? ", through a layer with weights" : ""}: in training the variance is ` +
    `${figure(number)} times that in evaluation (${how}), and the running variance is that of training`;
  const cure =
    "put dropout behind the last normalization, or recompute the statistics: train.updateBatchNorm(net, loader, { dropout: false })";
  const isMuch = number >= 1.25 && (measured !== undefined || !through);
  return [{ rule: "dropout-before-norm", severity: isMuch ? "warning" : "note", module, number, reason, cure }];
}

function medianRatio(training: Float64Array, evaluation: Float64Array): number | undefined {
  const ratios = [...training].map((variance, c) => variance / evaluation[c]).filter(Number.isFinite);
  return ratios.length === 0 ? undefined : ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)];
}

function behindActivation(module: string, steps: readonly Step[], seen: Seen | undefined): BatchNormFinding[] {
  const step = steps.find(({ kind }) => kind !== "dropout");
  if (step?.kind !== "activation") return [];
  // A ReLU sets half of a symmetric input to zero.
  const number = seen === undefined ? (/relu\b/i.test(step.name) ? 0.5 : 0) : seen.zeros / seen.values;
  const zeros = seen === undefined ? "" : `: ${percent(number)} of its inputs are 0`;
  const reason = `it stands behind the activation ${step.name}${zeros}; the paper has it before, fastai's default is behind, and either is done`;
  const cure = "if it was not meant, put it between the layer with weights and the activation";
  return [{ rule: "norm-behind-activation", severity: "note", module, number, reason, cure }];
}

/** The part of an optimizer that the check reads. */
export interface DecayingOptimizer {
  readonly paramGroups: readonly { readonly params: readonly unknown[]; readonly weightDecay?: unknown }[];
}

/** Findings about the weight decay of a BatchNorm's parameters. */
export function decayFindings(
  module: string,
  norm: BatchNormLayer,
  steps: readonly Step[],
  optimizer: DecayingOptimizer,
): BatchNormFinding[] {
  const decays = new Map<unknown, number>();
  for (const { params, weightDecay } of optimizer.paramGroups) {
    if (typeof weightDecay === "number" && weightDecay !== 0)
      for (const param of params) decays.set(param, weightDecay);
  }
  const own = [norm.weight, norm.bias].filter((parameter) => parameter?.requiresGrad && decays.has(parameter));
  const findings: BatchNormFinding[] = [];
  if (own.length > 0) {
    const number = decays.get(own[0]) as number;
    const names = own.map((parameter) => (parameter === norm.weight ? "weight" : "bias")).join(" and ");
    const reason = `a weight decay of ${figure(number)} draws its ${names} to 0, and with the scale the whole channel, where nothing overfits: ${plural(norm.numFeatures, "value")} each`;
    const cure = "give normalizations and biases a parameter group of their own with weightDecay: 0";
    findings.push({ rule: "decay-on-norm", severity: "note", module, number, reason, cure });
  }
  const [before] = steps;
  const weight = before?.kind === "learned" ? before.weights.find((parameter) => decays.has(parameter)) : undefined;
  if (before?.kind === "learned" && weight !== undefined && usesBatches(norm)) {
    const number = decays.get(weight) as number;
    const reason =
      `a weight decay of ${figure(number)} on the weight of ${before.name} does not make the function simpler, because the ` +
      "normalization divides by its length; shorter weights have larger gradients (10 times shorter, 10 times larger), so that it only raises the effective learning rate";
    const cure = "keep it, if the training was tuned with it; or tune the learning rate instead";
    findings.push({ rule: "decay-before-norm", severity: "note", module, number, reason, cure });
  }
  return findings;
}
