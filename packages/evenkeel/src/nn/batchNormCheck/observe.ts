import { wrongState } from "../../core/index.ts";
import { channelStatistics } from "../../ops/normalize/normalize.loops.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { type Batch, checkRows, inputsOf, type Loader } from "../batches.ts";
import { ChannelPool } from "../channelPool.ts";
import { type Flow, recordFlow } from "../flow/flow.ts";
import { keepingState } from "../flow/keepingState.ts";
import { BatchNormLayer } from "../layers/norm/batchNorm.ts";
import type { AnyModule } from "../module/module.ts";
import { type Step, tracedFeeds } from "./feeds.ts";

/** The inputs of one BatchNorm over all batches. */
export interface Seen {
  /** Moments of its inputs in training. */
  readonly pool: ChannelPool;
  /** The same without dropout; empty if there is none. */
  readonly quiet: ChannelPool;
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  /** The number of batches in which each channel was constant. */
  readonly constant: Float64Array;
  batches: number;
  /** Values per channel in a row. */
  perRow: number;
  /** The number of zeros among the inputs, and of inputs. */
  zeros: number;
  values: number;
}

export interface Observation {
  readonly feeds: ReadonlyMap<BatchNormLayer, readonly Step[]>;
  readonly seen: ReadonlyMap<BatchNormLayer, Seen>;
  /** Rows of each batch, in order. */
  readonly sizes: readonly number[];
}

/**
 * Runs a model over batches in training mode, and again without dropout where there is any, and
 * records the inputs of each BatchNorm. Modes, buffers, parameters and the default generator are
 * restored.
 *
 * @throws TypeError or RangeError for an invalid batch; Error if there are none; whatever the model
 *   throws
 */
export function observe(model: AnyModule, loader: Loader<Batch | Tensor>, most: number): Observation {
  const norms = model.modules().filter((module) => module instanceof BatchNormLayer);
  const seen = new Map<BatchNormLayer, Seen>();
  const feeds = new Map<BatchNormLayer, Step[]>();
  const sizes: number[] = [];
  keepingState(model, () => {
    model.train();
    const modes = model.modules().map((module) => ({ module, training: module.training }));
    let quiet = false;
    const removers = norms.map((norm) =>
      norm.registerForwardPreHook((self, inputs) => {
        if (inputs[0] instanceof Tensor) note(seen, self as BatchNormLayer, inputs[0], quiet);
      }),
    );
    const run = (inputs: Batch) => void noGrad(() => (model as AnyModule)(...inputs));
    try {
      for (const batch of loader) {
        const checked = checkRows(batch);
        sizes.push(checked.rows);
        // A batch of one row has no variance: it is counted, but not run.
        if (checked.rows > 1) {
          const inputs = inputsOf(checked);
          quiet = false;
          if (feeds.size === 0)
            readFeeds(
              recordFlow(model, () => run(inputs)),
              inputs,
              feeds,
            );
          else run(inputs);
          if (hasDropout(feeds)) {
            quiet = true;
            for (const module of model.modules()) module.training &&= module instanceof BatchNormLayer;
            run(inputs);
            for (const { module, training } of modes) module.training = training;
          }
        }
        if (sizes.length === most) break;
      }
    } finally {
      for (const remove of removers) remove();
    }
  });
  if (sizes.length === 0) {
    throw wrongState(
      "checkBatchNorm",
      "the loader gives no batches",
      "is the table smaller than a batch, and dropLast set?",
    );
  }
  return { feeds, seen, sizes };
}

/** The ops before each BatchNorm, found by running the model once, in its current mode. */
export function traceFeeds(model: AnyModule, inputs: Batch): Map<BatchNormLayer, Step[]> {
  const feeds = new Map<BatchNormLayer, Step[]>();
  keepingState(model, () => {
    // Training mode shows dropout, but batch normalization then needs several values; evaluation
    // does not.
    model.train();
    for (const module of model.modules())
      if (module instanceof BatchNormLayer) module.training &&= module.running_mean === null;
    readFeeds(
      recordFlow(model, () => void noGrad(() => (model as AnyModule)(...inputs))),
      inputs,
      feeds,
    );
  });
  return feeds;
}

function readFeeds(flow: Flow, inputs: Batch, feeds: Map<BatchNormLayer, Step[]>): void {
  for (const call of flow.calls) {
    const { module } = call;
    // For a layer that is called twice, the first call counts.
    if (!(module instanceof BatchNormLayer) || feeds.has(module)) continue;
    feeds.set(module, tracedFeeds(flow, call, inputs));
  }
}

function hasDropout(feeds: ReadonlyMap<BatchNormLayer, readonly Step[]>): boolean {
  return [...feeds.values()].some((steps) => steps.some(({ kind }) => kind === "dropout"));
}

function note(all: Map<BatchNormLayer, Seen>, norm: BatchNormLayer, input: Tensor, quiet: boolean): void {
  if (input.ndim < 2 || input.numel() === 0) return;
  const [rows, channels] = input.shape;
  const values = input.numel() / channels;
  const filled = (value: number) => new Float64Array(channels).fill(value);
  const seen = all.get(norm) ?? {
    ...{ pool: new ChannelPool(channels), quiet: new ChannelPool(channels) },
    ...{ lowest: filled(Infinity), highest: filled(-Infinity), constant: filled(0) },
    ...{ batches: 0, perRow: values / rows, zeros: 0, values: 0 },
  };
  all.set(norm, seen);
  const [mean, variance] = [filled(0), filled(0)];
  channelStatistics(input, mean, variance);
  (quiet ? seen.quiet : seen.pool).add(mean, variance, values, 0);
  if (quiet) return;
  const inner = values / rows;
  const [low, high] = [filled(Infinity), filled(-Infinity)];
  for (const [i, given] of input.data.entries()) {
    const [value, c] = [Number(given), Math.floor(i / inner) % channels];
    if (value < low[c]) low[c] = value;
    if (value > high[c]) high[c] = value;
    if (value === 0) seen.zeros++;
  }
  for (let c = 0; c < channels; c++) {
    if (low[c] === high[c]) seen.constant[c]++;
    seen.lowest[c] = Math.min(seen.lowest[c], low[c]);
    seen.highest[c] = Math.max(seen.highest[c], high[c]);
  }
  seen.batches++;
  seen.values += input.numel();
}
