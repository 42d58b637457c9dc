import { type AnyModule, BatchNorm1d } from "../nn/index.ts";

/** The BatchNorm layers of a model. */
export function batchNormLayers(model: AnyModule): BatchNorm1d[] {
  return [...model.modules()].filter((module): module is BatchNorm1d => module instanceof BatchNorm1d);
}

/** Whether one of a model's layers normalizes by the statistics of each batch, which one row does not have. */
export function needsTwoRows(layers: readonly BatchNorm1d[]): boolean {
  return layers.some((layer) => layer.training || layer.running_mean === null);
}
