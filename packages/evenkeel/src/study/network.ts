import * as nn from "../nn/index.ts";
import { ones, type Tensor, zeros } from "../tensor/index.ts";
import type { Norm } from "./arm.ts";
import type { TrialSettings } from "./trialSpec.ts";

export interface NetworkShape extends Pick<TrialSettings, "hidden" | "activation"> {
  readonly features: number;
  readonly outputs: number;
  readonly norm: Norm;
  readonly dropout: number;
}

const activations = { relu: nn.ReLU, gelu: nn.GELU, silu: nn.SiLU, tanh: nn.Tanh };

/** Linear, normalization, activation, dropout, for each hidden layer, and a Linear. */
export function networkOf({ features, outputs, hidden, norm, activation, dropout }: NetworkShape): nn.Sequential {
  const layers: nn.Module[] = [];
  let width = features;
  for (const next of hidden) {
    layers.push(new nn.Linear(width, next));
    if (norm === "batch") layers.push(new nn.BatchNorm1d(next));
    if (norm === "layer") layers.push(new LayerNorm(next));
    layers.push(new activations[activation]());
    if (dropout > 0) layers.push(new nn.Dropout(dropout));
    width = next;
  }
  return new nn.Sequential(...layers, new nn.Linear(width, outputs));
}

/** Normalizes every row by itself; then a scale and a shift for each channel. https://arxiv.org/abs/1607.06450 */
class LayerNorm extends nn.Module {
  weight: nn.Parameter;
  bias: nn.Parameter;

  constructor(width: number) {
    super();
    this.weight = new nn.Parameter(ones([width]));
    this.bias = new nn.Parameter(zeros([width]));
  }

  override forward(x: Tensor): Tensor {
    const centred = x.sub(x.mean(1, { keepdim: true }));
    const variance = centred.square().mean(1, { keepdim: true });
    return centred.mul(variance.add(1e-5).rsqrt()).mul(this.weight).add(this.bias);
  }
}
