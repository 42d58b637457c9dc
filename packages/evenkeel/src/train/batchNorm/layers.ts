import type { AnyModule } from "../../nn/index.ts";
import { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";

/** The BatchNorm layers of a model, whatever the number of their dimensions. */
export function batchNormLayers(model: Pick<AnyModule, "modules">): BatchNormLayer[] {
  return model.modules().filter((module) => module instanceof BatchNormLayer);
}

/**
 * Those whose running statistics a training changes: not those that have none, or that `train()`
 * leaves in eval mode.
 */
export function runningNorms(model: Pick<AnyModule, "modules" | "train">): BatchNormLayer[] {
  model.train();
  return batchNormLayers(model).filter((layer) => layer.training && layer.running_mean !== null);
}

/**
 * Whether one of a model's layers normalizes by the statistics of each batch, which one row does
 * not have.
 */
export function needsTwoRows(layers: readonly BatchNormLayer[]): boolean {
  return layers.some((layer) => layer.training || layer.running_mean === null);
}
