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
  /**
   * Freeze scale and shift too: they require no gradients, and existing gradients are removed
   * (true).
   */
  affine: optional(flag(), true),
  /**
   * Freeze only the layers below these paths, as `getSubmodule` takes them: `["backbone"]` ([""]).
   */
  paths: optional(listOf(string("a path"), 'a list of paths such as ["backbone"]'), [""]),
};

export interface FreezeBatchNormOptions extends GivenOptions<typeof freezeOptions> {}

/**
 * Freezes the BatchNorm layers of a model: they normalize by their running statistics and do not
 * update them, also in training mode. Use it to fine-tune a network that was trained elsewhere, for
 * batches too small for statistics of their own, and for the last epochs of a training (Wu and
 * Johnson 2021, section 4.2, "FrozenBN").
 *
 * A frozen layer has the flag `frozen` and stays in eval mode when the model's `train()` is called.
 * A copy made by `nn.clone` is frozen too; a state dict does not contain the flag. Optimizers skip
 * a scale and a shift that have no gradient. Layers without running statistics cannot be frozen,
 * because they have only the statistics of the batch.
 *
 * @returns a function that unfreezes these layers: they take the mode that the model then has, and
 *   their parameters require gradients if they did before. A second call does nothing
 * @throws TypeError for an option of the wrong type; RangeError for a path that does not exist, or
 *   if there is no BatchNorm below it; Error for a layer without running statistics, and in a
 *   compiled step
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
    // Otherwise an optimizer would keep stepping by an old gradient.
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
