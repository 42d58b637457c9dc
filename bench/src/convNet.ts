import { nn, type Tensor } from "evenkeel";
import type { Layer } from "./workloads.ts";

/** The layers of a ConvNet, as a person writes them. */
export function convNet(layers: readonly Layer[]): nn.Sequential {
  return new nn.Sequential(...layers.map(layerOf));
}

function layerOf(layer: Layer): nn.Module<[Tensor], Tensor> {
  switch (layer[0]) {
    case "conv":
      return new nn.Conv2d(layer[1], layer[2], layer[3], { padding: layer[4], bias: false });
    case "batchNorm":
      return new nn.BatchNorm2d(layer[1]);
    case "relu":
      return new nn.ReLU();
    case "maxPool":
      return new nn.MaxPool2d(layer[1]);
    case "globalAverage":
      return new nn.AdaptiveAvgPool2d(1);
    case "flatten":
      return new nn.Flatten();
    case "linear":
      return new nn.Linear(layer[1], layer[2]);
  }
}
