import type { Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import { type Layer, layersOf, type NetworkSettings } from "./layers.ts";
import type { PreparedRows } from "./rows.ts";

/** The layers of the network with this normalization: a ConvNet where the rows are pictures. */
export function networkLayers(
  { preprocessing, pictures }: Pick<PreparedRows, "preprocessing" | "pictures">,
  setup: NetworkSettings & Pick<Setup, "head">,
  norm: Norm,
): Layer[] {
  const { features, outputs } = preprocessing;
  return pictures?.layersOf(setup, norm, outputs) ?? layersOf(setup, norm, features.length, outputs);
}
