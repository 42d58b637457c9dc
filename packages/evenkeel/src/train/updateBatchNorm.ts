import { compile } from "../compile/index.ts";
import { checkOptions } from "../core/index.ts";
import { noGrad, type Tensor } from "../tensor/index.ts";
import { type Batch, checkLoader, inputsOf, type Loader, rowBatches } from "./batches.ts";
import { batchNormLayers, needsTwoRows } from "./batchNormLayers.ts";
import { callModel, noBatches } from "./evaluate.ts";
import { ForwardState, keepingModes, type Model } from "./modelState.ts";

export interface UpdateBatchNormOptions {
  /**
   * Run the passes as one compiled program. Default false: making it takes longer than a few batches do; worth it from some
   * ten thousand rows on.
   */
  readonly compile?: boolean;
}

/**
 * Recomputes the running statistics of all BatchNorm layers over one pass through a loader: a network whose weights moved
 * faster than its running averages followed then evaluates as well as it was trained. Batches are as `predict` takes them.
 *
 * As in PyTorch the statistics are reset, and become the plain average over the batches: exact for one batch that holds
 * all rows; otherwise a smaller last batch weighs as much as the others and the variance between batches is left out, so
 * large batches of rows at random are better. The whole model is in training mode meanwhile, so dropout is active and draws from the
 * generator. Unlike PyTorch, a last batch of one row is joined to the one before, and a layer that `train()` leaves in eval
 * mode keeps its statistics. Modes and momenta are afterwards as they were.
 * https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.update_bn.html
 *
 * @returns how many batches and rows took part; none if the model has no running statistics
 * @throws TypeError for a loader that is none; Error if it gives no batches; RangeError if it gives one row only; whatever
 * the model throws. Running statistics and default generator are then as they were.
 */
export function updateBatchNorm(
  model: Model,
  loader: Loader<Batch | Tensor>,
  options: UpdateBatchNormOptions = {},
): { batches: number; rows: number } {
  checkLoader(loader, "the loader");
  checkOptions("updateBatchNorm", options, ["compile"]);
  const forward = compile((inputs: Batch) => callModel(model, inputs), { compile: options.compile ?? false });
  return keepingModes(model, () => {
    model.train();
    const layers = batchNormLayers(model).filter((layer) => layer.training && layer.running_mean !== null);
    if (layers.length === 0) return { batches: 0, rows: 0 };
    const before = new ForwardState(model);
    const restoreMomenta = averageAllBatches(layers);
    try {
      for (const layer of layers) layer.resetRunningStats();
      const seen = { batches: 0, rows: 0 };
      for (const batch of rowBatches(loader, needsTwoRows(batchNormLayers(model)))) {
        noGrad(() => forward(inputsOf(batch)));
        seen.batches++;
        seen.rows += batch.rows;
      }
      if (seen.batches === 0) throw noBatches("the loader");
      return seen;
    } catch (error) {
      before.restore();
      throw error;
    } finally {
      restoreMomenta();
    }
  });
}

/** Momentum null: running statistics are the average over the batches since they were reset. */
function averageAllBatches(layers: readonly { momentum: number | null }[]): () => void {
  const momenta = layers.map((layer) => layer.momentum);
  for (const layer of layers) layer.momentum = null;
  return () => {
    for (const [i, layer] of layers.entries()) layer.momentum = momenta[i];
  };
}
