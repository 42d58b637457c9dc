import type { Activation, Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";

/** A layer as plain data: the network is made from it, and so is the code that the visitor copies. */
export type Layer =
  | { readonly kind: "linear"; readonly inputs: number; readonly outputs: number; readonly bias: boolean }
  | { readonly kind: "batchNorm"; readonly width: number; readonly momentum: number }
  | { readonly kind: "layerNorm"; readonly width: number }
  | { readonly kind: "activation"; readonly activation: Activation }
  | { readonly kind: "dropout"; readonly p: number };

/** What the layers of a network depend on. */
export type NetworkSettings = Pick<
  Setup,
  "hidden" | "order" | "activation" | "dropout" | "biasBeforeNorm" | "momentum"
>;

/** The layers of a network in order: the hidden ones, each of the parts in the order that was asked for, and the output. */
export function layersOf(settings: NetworkSettings, norm: Norm, features: number, outputs: number): Layer[] {
  const { hidden, order, activation, dropout, biasBeforeNorm, momentum } = settings;
  const used = order.filter((part) => (part !== "norm" || norm !== "none") && (part !== "dropout" || dropout > 0));
  const normFollows = norm === "batch" && used[used.indexOf("linear") + 1] === "norm";
  let width = features;
  const layers: Layer[] = [];
  for (const outputs of hidden) {
    for (const part of used) {
      if (part === "linear") {
        layers.push({ kind: "linear", inputs: width, outputs, bias: biasBeforeNorm || !normFollows });
        width = outputs;
      } else if (part === "norm" && norm === "batch") layers.push({ kind: "batchNorm", width, momentum });
      else if (part === "norm") layers.push({ kind: "layerNorm", width });
      else if (part === "activation") layers.push({ kind: "activation", activation });
      else layers.push({ kind: "dropout", p: dropout });
    }
  }
  return [...layers, { kind: "linear", inputs: width, outputs, bias: true }];
}
