import type { PictureShape } from "evenkeel/study";
import type { Norm } from "evenkeel/tabular";
import { type Head, mostConvolutions, type Setup } from "../state/setup.ts";
import { hiddenLayer, type Layer, type NetworkSettings } from "../training/layers.ts";

/**
 * The layers of a ConvNet in order: hidden layers with a convolution each, a max pooling of 2 x 2
 * between any two, the head and the output. It is the network of the study's question about pooling.
 * @throws RangeError if pictures would be smaller than 2 x 2 before the head
 */
export function convLayersOf(
  settings: NetworkSettings & Pick<Setup, "head">,
  norm: Norm,
  [channels, height, width]: PictureShape,
  outputs: number,
): Layer[] {
  const { hidden, head } = settings;
  if (hidden.length > mostConvolutions) {
    throw new RangeError(
      `Pictures of ${height} x ${width} pixels are smaller than 2 x 2 after ${hidden.length} convolutions with pooling ` +
        `between them; ${mostConvolutions} are the most.`,
    );
  }
  const widths = [channels, ...hidden];
  const features = hidden.flatMap((_, i): Layer[] => [
    ...(i > 0 ? [{ kind: "maxPool" } as const] : []),
    ...hiddenLayer(settings, norm, widths[i], widths[i + 1], "pictures"),
  ]);
  // Between any two, and in the head.
  const halvings = Math.max(1, hidden.length);
  const isGlobal = head === "globalAverage" || head === "globalMax";
  const places = isGlobal ? 1 : Math.floor(height / 2 ** halvings) * Math.floor(width / 2 ** halvings);
  return [
    ...features,
    { kind: poolOf[head] },
    { kind: "flatten" },
    { kind: "linear", inputs: widths[widths.length - 1] * places, outputs, bias: true },
  ];
}

const poolOf = {
  ...{ globalAverage: "globalAverage", globalMax: "globalMax" },
  ...{ averageLinear: "avgPool", maxLinear: "maxPool" },
} as const satisfies Readonly<Record<Head, Layer["kind"]>>;
