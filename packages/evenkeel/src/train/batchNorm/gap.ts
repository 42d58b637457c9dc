import type { Loader } from "../batches.ts";
import { type EvaluateOptions, scoreAsIs } from "../evaluate/evaluate.ts";
import type { Scores } from "../fit/history.ts";
import { ForwardState, keepingModes, type Model } from "../modelState.ts";
import { batchNormLayers } from "./layers.ts";

export interface BatchNormGap<K extends string = never> {
  /** The scores in eval mode, as a user of the model sees them. */
  readonly running: Scores<K>;
  /** The scores of the same weights when BatchNorm normalizes by the statistics of each batch. */
  readonly batch: Scores<K>;
}

/**
 * Shows whether a network suffers from stale running statistics: if `batch` scores far better than
 * `running`, the weights are good and the running statistics are not, and `updateBatchNorm` over
 * the training rows fixes it. Dropout is off in both. Use large batches of validation rows, ideally
 * a single one, because the batch scores depend on their size. The model is not changed.
 *
 * @throws as {@link evaluate}
 */
export function batchNormGap<K extends string = never>(
  model: Model,
  loader: Loader,
  options: EvaluateOptions<K>,
): BatchNormGap<K> {
  return keepingModes(model, () => {
    model.eval();
    const running = scoreAsIs(model, loader, options);
    const before = new ForwardState(model);
    try {
      for (const layer of batchNormLayers(model)) layer.training = true;
      return { running, batch: scoreAsIs(model, loader, options) };
    } finally {
      before.restoreBuffers();
    }
  });
}
