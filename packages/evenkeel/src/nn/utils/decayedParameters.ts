import { refuseGiven } from "../../core/index.ts";
import { ElementwiseAffineLayer } from "../layers/ensemble/elementwiseAffine.ts";
import { LayerNormLayer } from "../layers/norm/layerNorm.ts";
import { RMSNormLayer } from "../layers/norm/rmsNorm.ts";
import { Callable } from "../module/callable.ts";
import type { AnyModule } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";

/**
 * The parameters of a model that weight decay is usually applied to: those that are matrices, the
 * weights of linear and convolutional layers and of embeddings. Not biases, and not the scales of
 * normalizations and of `ElementwiseAffine`, whose natural value is not 0. In the order of
 * `parameters()`, each once.
 *
 * @throws TypeError if `model` is no module
 * @example
 * const decayed = nn.utils.decayedParameters(net);
 * const others = net.parameters().filter((parameter) => !decayed.includes(parameter));
 * const optimizer = new AdamW([{ params: decayed }, { params: others, weightDecay: 0 }], { weightDecay: 0.02 });
 */
export function decayedParameters(model: AnyModule): Parameter[] {
  if (!(model instanceof Callable)) {
    throw refuseGiven("wrong-type", "", "decayedParameters takes a module as its argument", model);
  }
  const others = new Set<Parameter | null>();
  for (const module of model.modules()) {
    if (isScale(module)) others.add(module.weight);
    if ("bias" in module) others.add(module.bias as Parameter | null);
  }
  return model.parameters().filter((parameter) => parameter.ndim >= 2 && !others.has(parameter));
}

type Scale = ElementwiseAffineLayer | LayerNormLayer | RMSNormLayer;

const isScale = (module: unknown): module is Scale =>
  module instanceof ElementwiseAffineLayer || module instanceof LayerNormLayer || module instanceof RMSNormLayer;
