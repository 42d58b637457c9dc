import type { Arm, NormArm } from "../arms/arm.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import type { Claim } from "../claims/claim.ts";
import type { StudyData } from "../plan/plan.ts";
import type { StudyView } from "../report/view.ts";
import type { TrialSettings } from "../trial/trialSpec.ts";
import type { Headline } from "./headline.ts";

export const asks = [
  "normalization",
  "placement",
  "dropout",
  "batches",
  "width",
  "activation",
  "optimizer",
  "scaling",
  "pooling",
  "networks",
] as const;

/** The questions of a study; "networks" compares arms that the user gave. */
export type Ask = (typeof asks)[number];

/** The options that the arms of a question are made from. */
export interface ArmOptions extends Pick<TrialSettings, "hidden" | "activation" | "batchSize"> {
  /** The dropout probability of arms with dropout; 0 leaves these arms out. */
  readonly dropout: number;
  readonly data: StudyData;
}

/**
 * What a study compares, and how it reports the findings. Each question has a file; `index.ts`
 * lists them.
 */
export interface Question {
  readonly ask: Ask;
  /** Its line in a list of questions. */
  readonly summary: string;
  readonly title: (target: string) => string;
  /** The heading of its claims. */
  readonly claimsTitle: string;
  /** Whether the rows must be pictures (`StudyData.picture`). */
  readonly takesPictures?: true;
  /** Whether its networks differ in size, so that the answer includes parameter counts. */
  readonly comparesSizes?: true;
  /** Options of `planStudy` that it refuses, because its arms have values of their own. */
  readonly ownOptions?: readonly string[];
  /** Settings whose defaults differ from those of other questions. */
  readonly defaults: {
    /**
     * Fractions of the training rows that arms are also trained on, and factors for raw columns.
     * Default: none.
     */
    readonly rowFractions?: { readonly whole: readonly number[]; readonly quick: readonly number[] };
    /**
     * Fractions of the epochs that trainings are also planned for, if the schedule ends with the
     * last epoch.
     */
    readonly epochFractions?: { readonly whole: readonly number[]; readonly quick: readonly number[] };
    readonly rescale?: readonly number[];
    readonly dropout?: { readonly whole: number; readonly quick: number };
    readonly lrs?: { readonly whole: readonly number[]; readonly quick: readonly number[] };
    readonly hidden?: readonly number[];
    readonly epochs?: number;
  };
  /**
   * What keeps these arms from answering it: "no arm has batch normalization"; undefined if nothing
   * does. By default two arms are enough.
   */
  readonly lacks?: (arms: readonly Arm[]) => string | undefined;
  /**
   * Its arms; the first arm with a name is the reference.
   * @throws RangeError if it has none for these options
   */
  readonly arms: (options: ArmOptions) => readonly (NormArm | NetworkArm)[];
  readonly headline: (view: StudyView) => Headline;
  /** Each claim has its rule, which was fixed before any training. */
  readonly claims: (view: StudyView) => Claim[];
}
