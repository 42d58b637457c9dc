import { nn } from "evenkeel";
import type { PictureLayer } from "../training/layers.ts";

/** The module of a layer that only a network of pictures has. */
export function pictureModuleOf(layer: PictureLayer): nn.AnyModule {
  switch (layer.kind) {
    case "conv":
      return new nn.Conv2d(layer.inputs, layer.outputs, 3, { padding: 1, bias: layer.bias });
    case "batchNorm2d":
      return new nn.BatchNorm2d(layer.width, { momentum: layer.momentum });
    case "groupNorm":
      return new nn.GroupNorm(1, layer.width);
    case "maxPool":
      return new nn.MaxPool2d(2);
    case "avgPool":
      return new nn.AvgPool2d(2);
    case "globalMax":
      return new nn.AdaptiveMaxPool2d(1);
    case "globalAverage":
      return new nn.AdaptiveAvgPool2d(1);
    case "flatten":
      return new nn.Flatten();
  }
}
