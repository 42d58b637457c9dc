import * as nn from "../../nn/index.ts";
import type { Activation } from "../../tabular/index.ts";
import type { MakeNetwork } from "../arms/networkArm.ts";
import type { ArmOptions } from "./question.ts";

/** A layer of a block. A network has a block for each hidden width. */
export type Layer = "linear" | "batchNorm" | "activation" | "dropout";

export const activationLayers: Readonly<Record<Activation, () => nn.AnyModule>> = {
  relu: () => new nn.ReLU(),
  leakyRelu: () => new nn.LeakyReLU(),
  elu: () => new nn.ELU(),
  gelu: () => new nn.GELU(),
  silu: () => new nn.SiLU(),
  tanh: () => new nn.Tanh(),
};

export const activationNames: Readonly<Record<Activation, string>> = {
  ...{ relu: "ReLU", leakyRelu: "LeakyReLU", elu: "ELU", gelu: "GELU", silu: "SiLU", tanh: "Tanh" },
};

/**
 * A network of these blocks, then a Linear to the outputs. A Linear directly before BatchNorm has
 * no bias, because the normalization would subtract it.
 */
export function layeredNetwork(
  block: readonly Layer[],
  {
    hidden,
    activation,
    dropout,
    atTheEnd,
  }: Pick<ArmOptions, "hidden" | "activation" | "dropout"> & { readonly atTheEnd: boolean },
): MakeNetwork {
  const layer = (kind: Layer, i: number, inputs: number, width: number): nn.AnyModule => {
    switch (kind) {
      case "linear":
        return new nn.Linear(inputs, width, { bias: block[i + 1] !== "batchNorm" });
      case "batchNorm":
        return new nn.BatchNorm1d(width);
      case "activation":
        return activationLayers[activation]();
      case "dropout":
        return new nn.Dropout(dropout);
      default:
        return kind satisfies never;
    }
  };
  return (features, { outputs }) => {
    const widths = [features, ...hidden];
    const blocks = hidden.flatMap((width, i) => block.map((kind, k) => layer(kind, k, widths[i], width)));
    const end = atTheEnd ? [new nn.Dropout(dropout)] : [];
    return new nn.Sequential(...blocks, ...end, new nn.Linear(widths[hidden.length], outputs));
  };
}
