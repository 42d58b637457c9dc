import { BatchNorm1d } from "../nn/index.ts";
import type { Model } from "./modelState.ts";

/** The BatchNorm layers of a model. */
export function batchNormLayers(model: Model): BatchNorm1d[] {
  return [...model.modules()].filter((module): module is BatchNorm1d => module instanceof BatchNorm1d);
}

/** Whether the model, in the modes it is in, normalizes by the statistics of each batch, which one row does not have. */
export function needsTwoRows(model: Model): boolean {
  return batchNormLayers(model).some((layer) => layer.training || layer.running_mean === null);
}
