import type { AnyModule } from "../../nn/index.ts";
import { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";

/** The BatchNorm layers of a model, for inputs of any number of dimensions. */
export function batchNormLayers(model: Pick<AnyModule, "modules">): BatchNormLayer[] {
  return model.modules().filter((module) => module instanceof BatchNormLayer);
}

/**
 * The layers whose running statistics a training changes: not those that have none, or that
 * `train()` leaves in eval mode.
 */
export function runningNorms(model: Pick<AnyModule, "modules" | "train">): BatchNormLayer[] {
  model.train();
  return batchNormLayers(model).filter((layer) => layer.training && layer.running_mean !== null);
}

/**
 * Whether any of a model's layers normalizes by the statistics of the batch, which a single row
 * does not have.
 */
export function needsTwoRows(layers: readonly BatchNormLayer[]): boolean {
  return layers.some((layer) => layer.training || layer.running_mean === null);
}
