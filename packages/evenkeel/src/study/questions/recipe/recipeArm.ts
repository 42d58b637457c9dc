import { trainTableOptions } from "../../../train/table/options.ts";
import type { Scale } from "../../arms/arm.ts";
import type { NetworkArm } from "../../arms/networkArm.ts";
import type { TrainingOptions } from "../../arms/trainingOptions.ts";

/** The widths of `trainTable`'s default network, for questions about its recipe. */
export const recipeWidths: readonly number[] = trainTableOptions.network.options.hidden.default;

/**
 * An arm that is preprocessed and trained as by `trainTable`, but for these options. Unlike the arms
 * of other questions it clamps its predictions, as `trainTable` does.
 */
export function recipeArm(
  name: string,
  group: string,
  options: TrainingOptions = {},
  scale: Scale = "squash",
): NetworkArm {
  return { name, group, scale, options: { ...options, preprocessing: { clampPredictions: true } } };
}
