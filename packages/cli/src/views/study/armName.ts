import type { Arm } from "evenkeel/study";
import { printable } from "../../shell/printed.ts";

const scales = { raw: "raw", zscore: "z-score", robust: "robust scale", squash: "squashed" } as const;

/** An arm below the heading of its group: "BatchNorm, dropout 0.2", or the name that was given. */
export function nameInGroup(arm: Arm): string {
  if (arm.name !== undefined) return printable(arm.name);
  const { norm, dropout } = arm;
  const names = { none: dropout > 0 ? "" : "no normalization", batch: "BatchNorm", layer: "LayerNorm" };
  return [names[norm], dropout > 0 ? `dropout ${dropout}` : ""].filter((part) => part !== "").join(", ");
}

/** An arm by itself, as short as can be: "z-score, BatchNorm". */
export function shortArmName(arm: Arm): string {
  return arm.name === undefined ? `${scales[arm.scale]}, ${nameInGroup(arm)}` : nameInGroup(arm);
}
