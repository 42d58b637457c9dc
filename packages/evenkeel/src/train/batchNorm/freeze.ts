import {
  flag,
  type GivenOptions,
  listOf,
  optional,
  refuse,
  refuseInStep,
  resolveOptions,
  string,
  wrongState,
  wrongType,
} from "../../core/index.ts";
import { type AnyModule, Module, type Parameter } from "../../nn/index.ts";
import type { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";
import { batchNormLayers } from "./layers.ts";

const freezeOptions = {
  /** Freeze scale and shift too: no gradients, and those that are there are taken away (true). */
  affine: optional(flag(), true),
  /**
   * Only the layers below these paths, as `getSubmodule` takes them: `["backbone"]`. By default all
   * of the model ([""]).
   */
  paths: optional(listOf(string("a path"), 'a list of paths such as ["backbone"]'), [""]),
};

export interface FreezeBatchNormOptions extends GivenOptions<typeof freezeOptions> {}

/**
 * Freezes the BatchNorm layers of a model: they normalize by their running statistics and leave
 * them as they are, also in training. What is built on a network that was trained elsewhere, or
 * trained with batches too small to have statistics of their own, wants this; so do the last epochs
 * of a training (Wu and Johnson 2021, section 4.2, "FrozenBN").
 *
 * A frozen layer is in eval mode, and `train()` of the model leaves it there: the layer has the
 * flag `frozen`. A copy made by `nn.clone` is frozen too; a state dict says nothing of it.
 * Optimizers pass over a scale and a shift that have no gradient. Layers without running statistics
 * cannot be frozen: they have no other statistics than those of a batch.
 *
 * @returns a function that thaws these layers: they follow the mode that the model is in then, and
 *   their parameters have gradients if they had before. A second call does nothing
 * @throws TypeError for an option of the wrong kind; RangeError for a path that leads nowhere, or
 *   if there is no BatchNorm there; Error for a layer without running statistics, and in a compiled
 *   step
 */
export function freezeBatchNorm(model: AnyModule, options: FreezeBatchNormOptions = {}): () => void {
  refuseInStep("freezeBatchNorm()", "call it between two steps");
  if (!(model instanceof Module)) {
    throw wrongType("freezeBatchNorm", "the model", model, "an nn.Module");
  }
  const { affine, paths } = resolveOptions("freezeBatchNorm", options, freezeOptions);
  const layers = layersAt(model, paths);
  const parameters = new Map<Parameter, boolean>();
  for (const { weight, bias } of affine ? layers : []) {
    for (const parameter of [weight, bias]) if (parameter !== null) parameters.set(parameter, parameter.requiresGrad);
  }
  const thawing = layers.filter(({ frozen }) => !frozen);
  for (const layer of layers) {
    layer.frozen = true;
    layer.training = false;
  }
  for (const parameter of parameters.keys()) {
    parameter.requiresGrad_(false);
    // An optimizer would go on stepping by what is left from before.
    parameter.grad = null;
  }
  return () => {
    for (const layer of thawing) {
      layer.frozen = false;
      layer.training = model.training;
    }
    for (const [parameter, had] of parameters) parameter.requiresGrad_(had);
    thawing.length = 0;
    parameters.clear();
  };
}

function layersAt(model: AnyModule, paths: readonly string[]): BatchNormLayer[] {
  const layers = new Set<BatchNormLayer>();
  for (const path of paths) {
    const below = batchNormLayers(model.getSubmodule(path));
    if (below.length === 0) {
      const place = path === "" ? "in the model" : `at or below ${JSON.stringify(path)}`;
      throw refuse("wrong-value", "freezeBatchNorm", `there is no BatchNorm ${place}, so nothing would be frozen`);
    }
    for (const layer of below) layers.add(layer);
  }
  for (const [path, module] of model.namedModules()) {
    if (!layers.has(module as BatchNormLayer) || (module as BatchNormLayer).running_mean !== null) continue;
    throw wrongState(
      "freezeBatchNorm",
      `"${path}" keeps no running statistics (trackRunningStats: false), so it can only normalize by ` +
        "those of each batch",
      "leave it out with { paths }",
    );
  }
  return [...layers];
}
