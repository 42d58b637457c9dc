import type { NormArm } from "../arms/arm.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import type { Claim } from "../claims/claim.ts";
import type { StudyData } from "../plan/plan.ts";
import type { StudyView } from "../report/view.ts";
import type { TrialSettings } from "../trial/trialSpec.ts";
import type { Headline } from "./headline.ts";

export const asks = ["normalization", "placement", "pooling", "networks"] as const;

/**
 * A question that a study can be asked; "networks" is that of arms which were given as functions.
 */
export type Ask = (typeof asks)[number];

/** What the arms of a question are made from. */
export interface ArmOptions extends Pick<TrialSettings, "hidden" | "activation"> {
  /** What dropout drops in arms that have it; 0 for no such arms. */
  readonly dropout: number;
  readonly data: StudyData;
}

/**
 * What a study compares, and how it says what it found. One file for each; `index.ts` lists them.
 */
export interface Question {
  readonly ask: Ask;
  /** Its line in a list of questions. */
  readonly summary: string;
  readonly title: (target: string) => string;
  /** What stands above its claims. */
  readonly claimsTitle: string;
  /** Whether the rows must be pictures: `StudyData.picture`. */
  readonly takesPictures?: true;
  /** Whether its networks differ in size, so that parameters are a part of the answer. */
  readonly comparesSizes?: true;
  /** Settings where its defaults differ from those of the others. */
  readonly defaults: {
    /**
     * Parts of the training rows that arms are trained on as well, and factors for raw columns;
     * none unless said.
     */
    readonly rowFractions?: { readonly whole: readonly number[]; readonly quick: readonly number[] };
    /**
     * Parts of the epochs that trainings are planned for as well, where the schedule ends with the
     * last of them.
     */
    readonly epochFractions?: { readonly whole: readonly number[]; readonly quick: readonly number[] };
    readonly rescale?: readonly number[];
    readonly dropout?: { readonly whole: number; readonly quick: number };
    readonly lrs?: { readonly whole: readonly number[]; readonly quick: readonly number[] };
    readonly hidden?: readonly number[];
    readonly epochs?: number;
  };
  /**
   * Its arms; the first function is what the others are compared with.
   * @throws RangeError where it has none for these options
   */
  readonly arms: (options: ArmOptions) => readonly (NormArm | NetworkArm)[];
  readonly headline: (view: StudyView) => Headline;
  /** Each with the rule it is judged by, fixed before anything was trained. */
  readonly claims: (view: StudyView) => Claim[];
}
