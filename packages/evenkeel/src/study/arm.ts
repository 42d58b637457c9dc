import { checkOptions } from "../core/index.ts";
import { type Norm, norms } from "../tabular/index.ts";

/** How the numeric inputs go in: as they are, with mean 0 and variance 1, or by median and quartiles. */
export type Scale = "raw" | "zscore" | "robust";

/** One of the ways to train that are compared. */
export interface Arm {
  readonly scale: Scale;
  readonly norm: Norm;
  /** The probability with which dropout drops; 0 for none. */
  readonly dropout: number;
}

/** Which running statistics BatchNorm is scored with: the ones training left, the same weights' recomputed over the training rows, or whichever of the two is better on the validation rows. */
export type Statistics = "asTrained" | "recomputed" | "kept";

const scales: readonly Scale[] = ["raw", "zscore", "robust"];

/** "zscore+batch+dropout0.2": the name of an arm in trial ids. */
export function armId({ scale, norm, dropout }: Arm): string {
  return `${scale}${norm === "none" ? "" : `+${norm}`}${dropout === 0 ? "" : `+dropout${dropout}`}`;
}

const scaleNames: Record<Scale, string> = { raw: "raw", zscore: "z-score", robust: "robust scale" };
const normNames: Record<Norm, string> = { none: "no normalization", batch: "BatchNorm", layer: "LayerNorm" };

/** "z-score, BatchNorm, dropout 0.2": the name of an arm for people. */
export function describeArm({ scale, norm, dropout }: Arm): string {
  return `${scaleNames[scale]}, ${normNames[norm]}${dropout === 0 ? "" : `, dropout ${dropout}`}`;
}

/** "raw features", "z-scored features" */
export function describeScale(scale: Scale): string {
  return { raw: "raw features", zscore: "z-scored features", robust: "robustly scaled features" }[scale];
}

export function sameArm(a: Arm, b: Arm): boolean {
  return a.scale === b.scale && a.norm === b.norm && a.dropout === b.dropout;
}

/**
 * Raw and z-score, each with no, batch and layer normalization; dropout on z-scores only, where it is to be compared with
 * BatchNorm and with nothing.
 */
export function defaultArms(dropout: number): Arm[] {
  const crossed = (["raw", "zscore"] as const).flatMap((scale) => norms.map((norm) => ({ scale, norm, dropout: 0 })));
  const dropped = (["none", "batch"] as const).map((norm) => ({ scale: "zscore" as const, norm, dropout }));
  return dropout === 0 ? crossed : [...crossed, ...dropped];
}

/** @throws TypeError or RangeError if it is no list of different arms */
export function checkArms(arms: readonly Arm[]): void {
  if (!Array.isArray(arms) || arms.length === 0)
    throw new TypeError("planStudy: arms must be a list of at least one arm");
  for (const arm of arms) {
    checkOptions("an arm of planStudy", arm, ["scale", "norm", "dropout"]);
    const { scale, norm, dropout } = arm;
    if (!scales.includes(scale)) throw new RangeError(`an arm's scale is "${scale}", expected ${scales.join(", ")}`);
    if (!norms.includes(norm)) throw new RangeError(`an arm's norm is "${norm}", expected ${norms.join(", ")}`);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new RangeError(`an arm's dropout is ${dropout}, expected a number from 0 to below 1`);
    }
  }
  const repeated = arms.find((arm, i) => arms.findIndex((other) => sameArm(arm, other)) < i);
  if (repeated !== undefined) throw new RangeError(`planStudy: the arm "${describeArm(repeated)}" is there twice`);
}
