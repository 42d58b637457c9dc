import {
  type Check,
  checkDeclared,
  type GivenOptions,
  optional,
  refuse,
  refuseInStep,
  wholeNumber,
  wrongType,
} from "../../core/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { type Batch, type Loader, loaders } from "../batches.ts";
import { requireInitialized } from "../flow/requireInitialized.ts";
import { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import { type AnyModule, Module } from "../module/module.ts";
import { dataFindings } from "./dataRules.ts";
import { type Step, sequentialFeeds } from "./feeds.ts";
import { type BatchNormFinding, BatchNormReport, type OrderSource } from "./finding.ts";
import { type Observation, observe, traceFeeds } from "./observe.ts";
import { batchFindings, loneRowFinding, settingFindings } from "./settingRules.ts";
import { type DecayingOptimizer, decayFindings, structureFindings } from "./structureRules.ts";

const inputs: Check<Tensor | readonly Tensor[]> = {
  expected: "a Tensor, or a list of those that the model takes",
  isKind: (value) => {
    const list: unknown = value instanceof Tensor ? [value] : value;
    return Array.isArray(list) && list.length > 0 && list.every((item) => item instanceof Tensor);
  },
  fits: () => true,
};

const optimizers: Check<DecayingOptimizer> = {
  expected: "an optimizer such as new optim.Adam(...)",
  isKind: (value) => Array.isArray((value as Partial<DecayingOptimizer> | null)?.paramGroups),
  fits: () => true,
};

const declaredOptions = {
  /** Training batches, `[...inputs, target]` or inputs only. The model is run over them. */
  loader: optional<Loader<Batch | Tensor>>(loaders),
  /**
   * How many batches of the loader to use. Default all, which is needed to know the size of the
   * last one.
   */
  batches: optional(wholeNumber(1)),
  /**
   * Without a loader: the input of the model, a tensor or a list of several. The model runs once,
   * to record the data flow.
   */
  input: optional(inputs),
  /** The optimizer of the training, for its weight decay. */
  optimizer: optional(optimizers),
  /** Rows per batch in training. Default: that of the first batch of the loader. */
  batchSize: optional(wholeNumber(1)),
  /** The number of training rows, if there is no loader. */
  rows: optional(wholeNumber(1)),
  /** The number of steps of the whole training. */
  steps: optional(wholeNumber(0)),
};

export interface CheckBatchNormOptions extends GivenOptions<typeof declaredOptions> {}

/**
 * Looks for what goes wrong with batch normalization in use: a bias or dropout before it, a
 * momentum copied from Keras, columns that are constant, batches that are too small, statistics
 * that are stale, and others. Each finding has a rule, the path of the layer, a number, the reason
 * and the cure; the report prints as a list.
 *
 * Given a loader or an input, the model is run to find the ops before each layer: in training mode,
 * so that dropout is active. Without them the order in a Sequential is used; for a custom network
 * it is not known, and the report says so. Modes, buffers and the default generator are restored; a
 * loader with its own generator draws from it.
 *
 * @throws TypeError or RangeError for an invalid model, option or batch; Error if the loader gives
 *   no batches, a lazy layer has not seen an input, or in a compiled step; whatever the model
 *   throws
 */
export function checkBatchNorm(model: AnyModule, options: CheckBatchNormOptions = {}): BatchNormReport {
  refuseInStep("checkBatchNorm()", "call it before the training");
  if (!(model instanceof Module)) {
    throw wrongType("checkBatchNorm", "the model", model, "an nn.Module");
  }
  checkDeclared("checkBatchNorm", options, declaredOptions);
  checkTogether(options);
  const { loader, optimizer, steps } = options;
  requireInitialized("checkBatchNorm", model);
  const norms = model.namedModules().filter((entry): entry is [string, Module & BatchNormLayer] => {
    return (entry[1] as AnyModule) instanceof BatchNormLayer;
  });
  if (norms.length === 0) return new BatchNormReport([], {}, 0);
  const seen = loader === undefined ? undefined : observe(model, loader, options.batches ?? Number.POSITIVE_INFINITY);
  const inputs = options.input instanceof Tensor ? [options.input] : options.input;
  const traced = seen?.feeds ?? (inputs === undefined ? undefined : traceFeeds(model, inputs));
  const sequential = traced === undefined ? sequentialFeeds(model) : undefined;
  const training = trainingOf(options, seen);
  const findings: BatchNormFinding[] = [];
  const order = new Map<string, OrderSource>();
  for (const [path, norm] of norms) {
    const feed = (traced ?? sequential)?.get(norm);
    order.set(path, feed === undefined ? "unknown" : traced === undefined ? "sequential" : "traced");
    const before: readonly Step[] = feed ?? [];
    const own = seen?.seen.get(norm);
    findings.push(...structureFindings(path, norm, before, own), ...settingFindings(path, norm, steps));
    if (optimizer !== undefined) findings.push(...decayFindings(path, norm, before, optimizer));
    const { rows, batchSize } = training;
    // Without data the number of positions per row is not known, but in [N, C] it is 1.
    const perRow = own?.perRow ?? 1;
    if (batchSize !== undefined) {
      findings.push(...batchFindings(path, norm, batchSize, perRow));
      const lone = rows !== undefined && rows % batchSize === 1 && batchSize > 1;
      if (lone && perRow === 1 && !norm.frozen) findings.push(loneRowFinding(path, rows, batchSize));
    }
    if (own !== undefined) findings.push(...dataFindings(path, norm, before, own, batchSize ?? 1));
  }
  return new BatchNormReport(
    findings,
    Object.fromEntries(order),
    seen?.sizes.reduce((sum, rows) => sum + rows, 0) ?? 0,
  );
}

/** Rows and batch size of the training: from the options, or else from the loader. */
function trainingOf(
  { batchSize, rows, batches }: CheckBatchNormOptions,
  seen: Observation | undefined,
): Pick<CheckBatchNormOptions, "batchSize" | "rows"> {
  if (seen === undefined) return { batchSize, rows };
  const wasAll = batches === undefined || seen.sizes.length < batches;
  const all = wasAll ? seen.sizes.reduce((sum, size) => sum + size, 0) : undefined;
  return { batchSize: batchSize ?? seen.sizes[0], rows: rows ?? all };
}

function checkTogether({ loader, batches, input }: CheckBatchNormOptions): void {
  const owner = "checkBatchNorm";
  if (batches !== undefined && loader === undefined) {
    throw refuse(
      "missing",
      owner,
      "batches says how much of a loader to look at, and there is none",
      "pass { loader }",
    );
  }
  if (input !== undefined && loader !== undefined) {
    throw refuse(
      "wrong-type",
      owner,
      "both loader and input are given",
      "the loader shows what feeds what, so leave the input out",
    );
  }
}
