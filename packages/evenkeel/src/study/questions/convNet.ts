import * as nn from "../../nn/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { MakeNetwork, PictureShape } from "../arms/networkArm.ts";
import { activationLayers } from "./layered.ts";
import type { ArmOptions } from "./question.ts";

/** The layers between the last convolution and the outputs. The first head is the reference. */
export const headNames = {
  globalAverage: "global average pooling",
  globalMax: "global max pooling",
  averageLinear: "average pooling and a Linear",
  maxLinear: "max pooling and a Linear",
} as const;
export type Head = keyof typeof headNames;

interface ConvNetOptions extends Pick<ArmOptions, "activation"> {
  readonly picture: PictureShape;
  /**
   * The output channels of the convolutions, which are 3 x 3 with padding 1. A BatchNorm2d follows
   * each, and a max pooling of 2 x 2 stands between any two.
   */
  readonly channels: readonly number[];
}

export function convNet(head: Head, options: ConvNetOptions): MakeNetwork {
  return (_, { outputs }) => new ConvNet(head, options, outputs);
}

/** Maps pictures as rows, [N, channels * height * width], to [N, outputs]. */
class ConvNet extends nn.Module<[Tensor]> {
  readonly head: Head;
  readonly picture: PictureShape;
  features: nn.Sequential;
  pool: nn.AnyModule;
  linear: nn.Linear;

  constructor(head: Head, { picture, channels, activation }: ConvNetOptions, outputs: number) {
    super();
    this.head = head;
    this.picture = picture;
    const widths = [picture[0], ...channels];
    this.features = new nn.Sequential(
      ...channels.flatMap((width, i) => [
        // No bias: BatchNorm would subtract it with the mean.
        new nn.Conv2d(widths[i], width, 3, { padding: 1, bias: false }),
        new nn.BatchNorm2d(width),
        activationLayers[activation](),
        ...(i === channels.length - 1 ? [] : [new nn.MaxPool2d(2)]),
      ]),
    );
    const [height, width] = [picture[1], picture[2]].map((side) => Math.floor(side / 2 ** (channels.length - 1)));
    const last = channels[channels.length - 1];
    const places = head.startsWith("global") ? 1 : Math.floor(height / 2) * Math.floor(width / 2);
    this.pool = poolOf(head);
    this.linear = new nn.Linear(last * places, outputs);
  }

  override forward(x: Tensor): Tensor {
    const planes = this.features(x.reshape([x.shape[0], ...this.picture]));
    return this.linear(this.pool(planes).flatten(1));
  }

  override extraRepr(): string {
    return `picture=[${this.picture}]`;
  }
}

function poolOf(head: Head): nn.AnyModule {
  switch (head) {
    case "globalAverage":
      return new nn.AdaptiveAvgPool2d(1);
    case "globalMax":
      return new nn.AdaptiveMaxPool2d(1);
    case "averageLinear":
      return new nn.AvgPool2d(2);
    case "maxLinear":
      return new nn.MaxPool2d(2);
    default:
      return head satisfies never;
  }
}
