import type { Activation, Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";

/** A layer as plain data: the network is made from it, and so is the code that the visitor copies. */
export type Layer =
  | { readonly kind: "linear"; readonly inputs: number; readonly outputs: number; readonly bias: boolean }
  | { readonly kind: "batchNorm"; readonly width: number; readonly momentum: number }
  | { readonly kind: "layerNorm"; readonly width: number }
  | { readonly kind: "activation"; readonly activation: Activation }
  | { readonly kind: "dropout"; readonly p: number }
  /** Of pictures, 3 x 3 with a border of zeros: they keep their size. */
  | { readonly kind: "conv"; readonly inputs: number; readonly outputs: number; readonly bias: boolean }
  | { readonly kind: "batchNorm2d"; readonly width: number; readonly momentum: number }
  /** All channels in one group: what LayerNorm is among pictures. */
  | { readonly kind: "groupNorm"; readonly width: number }
  /** Poolings of 2 x 2, and of all places. */
  | { readonly kind: "maxPool" | "avgPool" | "globalMax" | "globalAverage" }
  | { readonly kind: "flatten" };

/** The layers that only a network of pictures has. */
export type PictureLayer = Exclude<
  Layer,
  { readonly kind: "linear" | "batchNorm" | "layerNorm" | "activation" | "dropout" }
>;

/** Whether a layer is what a hidden layer is named for: a Linear or a convolution. */
export function hasWeights({ kind }: Layer): boolean {
  return kind === "linear" || kind === "conv";
}

/** What the layers of a network depend on. */
export type NetworkSettings = Pick<
  Setup,
  "hidden" | "order" | "activation" | "dropout" | "biasBeforeNorm" | "momentum"
>;

/** What a hidden layer's parts are made of, where its input is rows, and where it is pictures. */
const kinds = {
  rows: { weights: "linear", batch: "batchNorm", layer: "layerNorm" },
  pictures: { weights: "conv", batch: "batchNorm2d", layer: "groupNorm" },
} as const;

/** A hidden layer: each of the parts in the order that was asked for. */
export function hiddenLayer(
  settings: NetworkSettings,
  norm: Norm,
  inputs: number,
  outputs: number,
  of: keyof typeof kinds,
): Layer[] {
  const { order, activation, dropout, biasBeforeNorm, momentum } = settings;
  const used = order.filter((part) => (part !== "norm" || norm !== "none") && (part !== "dropout" || dropout > 0));
  const normFollows = norm === "batch" && used[used.indexOf("linear") + 1] === "norm";
  const { weights, batch, layer } = kinds[of];
  let width = inputs;
  const layers: Layer[] = [];
  for (const part of used) {
    if (part === "linear") {
      layers.push({ kind: weights, inputs, outputs, bias: biasBeforeNorm || !normFollows });
      width = outputs;
    } else if (part === "norm" && norm === "batch") layers.push({ kind: batch, width, momentum });
    else if (part === "norm") layers.push({ kind: layer, width });
    else if (part === "activation") layers.push({ kind: "activation", activation });
    else layers.push({ kind: "dropout", p: dropout });
  }
  return layers;
}

/** The layers of a table's network in order: the hidden ones and the output. */
export function layersOf(settings: NetworkSettings, norm: Norm, features: number, outputs: number): Layer[] {
  const widths = [features, ...settings.hidden];
  const hidden = settings.hidden.flatMap((width, i) => hiddenLayer(settings, norm, widths[i], width, "rows"));
  return [...hidden, { kind: "linear", inputs: widths[widths.length - 1], outputs, bias: true }];
}
