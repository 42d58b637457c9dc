import { checkOptions, mismatch, wrongValue } from "../../core/index.ts";
import { norms } from "../../tabular/index.ts";
import { type NormArm, scales } from "./arm.ts";

/**
 * Raw and z-scored features, each without normalization, with BatchNorm and with LayerNorm. Dropout
 * arms are on z-scores only, to be compared with BatchNorm and with no normalization.
 */
export function defaultArms(dropout: number): NormArm[] {
  const crossed = (["raw", "zscore"] as const).flatMap((scale) => norms.map((norm) => ({ scale, norm, dropout: 0 })));
  const dropped = (["none", "batch"] as const).map((norm) => ({ scale: "zscore" as const, norm, dropout }));
  return dropout === 0 ? crossed : [...crossed, ...dropped];
}

/** @throws TypeError or RangeError if a field is unknown or invalid */
export function checkNormArm(arm: NormArm): void {
  checkOptions("an arm of planStudy", arm, ["scale", "norm", "dropout"]);
  const { scale, norm, dropout } = arm;
  if (!scales.includes(scale)) throw mismatch("wrong-value", "", `an arm's scale is "${scale}"`, scales.join(", "));
  if (!norms.includes(norm)) throw mismatch("wrong-value", "", `an arm's norm is "${norm}"`, norms.join(", "));
  if (!(dropout >= 0 && dropout < 1)) {
    throw wrongValue("", "an arm's dropout", dropout, "a number from 0 to below 1");
  }
}
