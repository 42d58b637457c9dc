import { type CompileOptions, compile } from "../../compile/index.ts";
import { type CompleteOptions, flag, type GivenOptions, oneOf, optional, resolveOptions } from "../../core/index.ts";
import { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";
import { noGrad, type Tensor } from "../../tensor/index.ts";
import { type Batch, checkLoader, inputsOf, type Loader, type RowBatch, rowBatches } from "../batches.ts";
import { callModel, noBatches } from "../evaluate/evaluate.ts";
import { ForwardState, keepingModes, type Model } from "../modelState.ts";
import { needsTwoRows } from "./layers.ts";
import { PooledStatistics } from "./pooledStatistics.ts";

const updateOptions = {
  /**
   * How the statistics of several batches become one. "population": mean and variance of all rows, pooled over the batches: the mean of their
   * variances and the variance of their means. "average": the plain average of the batches' means
   * and variances, as PyTorch's `update_bn` has it. Both are the same for one batch ("population").
   */
  estimate: optional(oneOf(["population", "average"]), "population"),
  /**
   * Whether dropout is active meanwhile, as in PyTorch; with false all but the BatchNorm layers are
   * in eval mode, so that the statistics are those that evaluation meets (true).
   */
  dropout: optional(flag(), true),
  /**
   * Run the passes as one compiled program. Making it takes longer than a few batches do; worth it
   * from some ten thousand rows on (false).
   */
  compile: optional(flag(), false),
};

export interface UpdateBatchNormOptions extends GivenOptions<typeof updateOptions> {}

/**
 * Recomputes the running statistics of all BatchNorm layers over one pass through a loader: a
 * network whose weights moved faster than its running averages followed then evaluates as well as
 * it was trained. Batches are as `predict` takes them.
 *
 * The statistics become those of all rows together (Wu and Johnson 2021, section 3, "PreciseBN"),
 * with an unbiased variance: exact for the first BatchNorm of a network whatever the size of the
 * batches, for those behind it up to the noise of the batches before them, so that large batches
 * are better. PyTorch's own function averages over the batches instead, which weighs a smaller last
 * batch like the others and leaves the variance between batches out: `estimate: "average"`.
 *
 * The whole model is in training mode meanwhile, unless `dropout` is false: it is active and draws
 * from the generator. Unlike PyTorch, a last batch of one row is joined to the one before, and a
 * layer that `train()` leaves in eval mode keeps its statistics. Modes and momenta are afterwards
 * as they were. https://arxiv.org/abs/2105.07576,
 * https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.update_bn.html
 *
 * @returns how many batches and rows took part; none if the model has no running statistics
 * @throws TypeError for a loader that is none; Error if it gives no batches; RangeError if it gives
 *   one row only, or for an estimate that is none; TypeError for an option of the wrong kind;
 *   whatever the model throws. Running statistics and default generator are then as they were.
 */
export function updateBatchNorm(
  model: Model,
  loader: Loader<Batch | Tensor>,
  options: UpdateBatchNormOptions = {},
): { batches: number; rows: number } {
  checkLoader(loader, "the loader");
  return new BatchNormUpdate(model, resolveOptions("updateBatchNorm", options, updateOptions)).run(loader);
}

/**
 * Updates the running statistics of one model as often as it is asked to, and keeps the program
 * that it does so with.
 */
export class BatchNormUpdate {
  readonly #model: Model;
  readonly #options: CompleteOptions<Omit<UpdateBatchNormOptions, "compile">>;
  readonly #pass: Pass;
  readonly #before: ForwardState;

  /** @param options checked ones; for the program what `compile` takes */
  constructor(
    model: Model,
    { compile: how, ...options }: CompleteOptions<Omit<UpdateBatchNormOptions, "compile">> & { compile: HowToCompile },
  ) {
    this.#model = model;
    this.#options = options;
    this.#pass = new Pass(model, how);
    this.#before = new ForwardState(model);
  }

  /** @throws as {@link updateBatchNorm}, and changes nothing then */
  run(loader: Loader<Batch | Tensor>): { batches: number; rows: number } {
    const model = this.#model;
    const { estimate, dropout } = this.#options;
    return keepingModes(model, (modules) => {
      model.train();
      const all = modules.filter((module) => module instanceof BatchNormLayer);
      if (!dropout) for (const module of modules) module.training &&= (all as unknown[]).includes(module);
      const layers = all.filter((layer) => layer.training && layer.running_mean !== null);
      if (layers.length === 0) return { batches: 0, rows: 0 };
      const before = this.#before;
      before.take();
      const momenta = layers.map((layer) => layer.momentum);
      try {
        for (const layer of layers) {
          layer.resetRunningStats();
          // Null: the average over the batches since the reset. 1: the statistics of the latest
          // batch.
          layer.momentum = estimate === "average" ? null : 1;
        }
        const pool = estimate === "average" ? undefined : new PooledStatistics();
        const seen = { batches: 0, rows: 0 };
        for (const batch of rowBatches(loader, needsTwoRows(all))) {
          noGrad(() => this.#pass.run(batch, layers, pool));
          seen.batches++;
          seen.rows += batch.rows;
        }
        if (seen.batches === 0) throw noBatches("the loader");
        pool?.write();
        return seen;
      } catch (error) {
        before.restore();
        throw error;
      } finally {
        for (const [i, layer] of layers.entries()) layer.momentum = momenta[i];
      }
    });
  }
}

type HowToCompile = boolean | Pick<CompileOptions, "check">;

/** Runs batches, and pools what the layers saw of each. */
class Pass {
  readonly #model: Model;
  readonly #compiled: boolean;
  readonly #forward: (...inputs: Tensor[]) => unknown;
  /**
   * By the shapes of a row: how many values of a channel each layer gets per row; undefined if one
   * is called twice.
   */
  readonly #perRow = new Map<string, ReadonlyMap<BatchNormLayer, number> | undefined>();

  constructor(model: Model, how: HowToCompile) {
    this.#model = model;
    this.#compiled = how !== false;
    this.#forward = compile(
      (...inputs: Tensor[]) => callModel(model, inputs),
      typeof how === "boolean" ? { compile: how } : how,
    );
  }

  run(batch: RowBatch, layers: readonly BatchNormLayer[], pool: PooledStatistics | undefined): void {
    const inputs = inputsOf(batch);
    if (pool === undefined) {
      this.#forward(...inputs);
      return;
    }
    const perRow = this.#compiled ? this.#valuesPerRow(inputs, batch.rows, layers) : undefined;
    if (perRow === undefined) {
      this.#eagerly(inputs, layers, (layer, values) => pool.add(layer, values));
      return;
    }
    // A compiled step runs no hooks, but each layer is called once and has the statistics of this
    // batch now.
    this.#forward(...inputs);
    for (const [layer, values] of perRow) pool.add(layer, values * batch.rows);
  }

  /**
   * Found once for rows of these shapes, by a pass that leaves no trace: what a later update gives
   * does not depend on those before it, to the bit.
   */
  #valuesPerRow(inputs: Batch, rows: number, layers: readonly BatchNormLayer[]) {
    const shapes = JSON.stringify(inputs.map(({ shape }) => shape.slice(1)));
    if (this.#perRow.has(shapes)) return this.#perRow.get(shapes);
    const before = new ForwardState(this.#model);
    const perRow = new Map<BatchNormLayer, number>();
    let once = true;
    this.#eagerly(inputs, layers, (layer, values) => {
      once &&= !perRow.has(layer);
      perRow.set(layer, values / rows);
    });
    before.restore();
    const found = once ? perRow : undefined;
    this.#perRow.set(shapes, found);
    return found;
  }

  /** @param seen told of each call of a layer, and how many values of a channel it had */
  #eagerly(
    inputs: Batch,
    layers: readonly BatchNormLayer[],
    seen: (layer: BatchNormLayer, values: number) => void,
  ): void {
    const removers = layers.map((layer) =>
      layer.registerForwardHook((_, [input]) => seen(layer, input.numel() / input.shape[1])),
    );
    try {
      callModel(this.#model, inputs);
    } finally {
      for (const remove of removers) remove();
    }
  }
}
