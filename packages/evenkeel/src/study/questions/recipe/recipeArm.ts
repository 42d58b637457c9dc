import { simpleWidths } from "../../../train/table/recipe.ts";
import type { Scale } from "../../arms/arm.ts";
import type { NetworkArm } from "../../arms/networkArm.ts";
import type { TrainingOptions } from "../../arms/trainingOptions.ts";

/** The widths of the network of `trainTable`'s simple recipe, for questions about it. */
export const recipeWidths = simpleWidths;

/**
 * An arm that is preprocessed and trained as by `trainTable` with its simple recipe, but for these options. Unlike the arms
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
