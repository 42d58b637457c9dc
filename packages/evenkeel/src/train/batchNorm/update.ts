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
   * "population": mean and variance of all rows, pooled over the batches: the mean of their
   * variances plus the variance of their means. "average": the plain average of the batches' means
   * and variances, as in PyTorch's `update_bn`. With one batch both are the same ("population").
   */
  estimate: optional(oneOf(["population", "average"]), "population"),
  /**
   * Whether dropout is active during the pass, as in PyTorch. If false, all layers but BatchNorm
   * are in eval mode, so that the statistics are those of the inputs in evaluation (true).
   */
  dropout: optional(flag(), true),
  /** Run the pass as a compiled program (false). */
  compile: optional(flag(), false),
};

export interface UpdateBatchNormOptions extends GivenOptions<typeof updateOptions> {}

/**
 * Recomputes the running statistics of all BatchNorm layers in one pass through a loader. Use it if
 * the weights moved faster than the running averages followed: the network then evaluates as well
 * as it was trained. Batches are as `predict` takes them.
 *
 * The statistics become those of all rows together (Wu and Johnson 2021, section 3, "PreciseBN"),
 * with an unbiased variance. They are exact for the first BatchNorm of a network whatever the size
 * of the batches. For later ones they contain the noise of the batch statistics in earlier layers,
 * so large batches are better. PyTorch's function averages over the batches instead, which gives a
 * smaller last batch the same weight and ignores the variance between batches: `estimate:
 * "average"`.
 *
 * The whole model is in training mode during the pass, so dropout is active and draws from the
 * generator, unless `dropout` is false. Unlike PyTorch, a last batch of one row is joined to the
 * one before, and a layer that `train()` leaves in eval mode keeps its statistics. Modes and
 * momenta are restored. https://arxiv.org/abs/2105.07576,
 * https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.update_bn.html
 *
 * @returns the numbers of batches and rows in the pass; 0 if the model has no running statistics
 * @throws TypeError if `loader` is no loader; Error if it gives no batches; RangeError if it gives
 *   a single row, or for an unknown estimate; TypeError for an option of the wrong type; errors of
 *   the model. Running statistics and default generator are then restored.
 */
export function updateBatchNorm(
  model: Model,
  loader: Loader<Batch | Tensor>,
  options: UpdateBatchNormOptions = {},
): { batches: number; rows: number } {
  checkLoader(loader, "the loader");
  return new BatchNormUpdate(model, resolveOptions("updateBatchNorm", options, updateOptions)).run(loader);
}

/** Updates the running statistics of one model, any number of times, with the same program. */
export class BatchNormUpdate {
  readonly #model: Model;
  readonly #options: CompleteOptions<Omit<UpdateBatchNormOptions, "compile">>;
  readonly #pass: Pass;
  readonly #before: ForwardState;

  /** @param options checked options; for the program, those of `compile` */
  constructor(
    model: Model,
    { compile: how, ...options }: CompleteOptions<Omit<UpdateBatchNormOptions, "compile">> & { compile: HowToCompile },
  ) {
    this.#model = model;
    this.#options = options;
    this.#pass = new Pass(model, how);
    this.#before = new ForwardState(model);
  }

  /** @throws as {@link updateBatchNorm}, and then changes nothing */
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
          // Null averages over the batches since the reset; 1 keeps the statistics of the latest
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

/** Runs batches, and pools the statistics of each. */
class Pass {
  readonly #model: Model;
  readonly #compiled: boolean;
  readonly #forward: (...inputs: Tensor[]) => unknown;
  /**
   * The number of values per channel and row that each layer gets, by the shapes of a row;
   * undefined if a layer is called twice.
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
    // A compiled step runs no hooks, but each layer is called once, so it now has the statistics of
    // this batch.
    this.#forward(...inputs);
    for (const [layer, values] of perRow) pool.add(layer, values * batch.rows);
  }

  /**
   * Found once for rows of these shapes, in a pass whose effects are undone: the result of an
   * update does not depend on earlier ones, to the bit.
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

  /** @param seen called for each call of a layer, with the number of values per channel */
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
