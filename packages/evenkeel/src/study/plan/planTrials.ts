import { plural } from "../../core/index.ts";
import { type Arm, armId } from "../arms/arm.ts";
import { plainVariant, secondTraining, type TrialSpec, trialSpec, type Variant } from "../trial/trialSpec.ts";
import type { StudyPlan } from "./plan.ts";
import { describeRecipe } from "./recipe.ts";

/** The first stage: every arm at every rate. All trials of a seed come before those of the next. */
export function rateTrials({ arms, lrs, seeds, settings }: StudyPlan): TrialSpec[] {
  return seeds.flatMap((seed) =>
    arms.flatMap((arm) => lrs.map((lr) => trialSpec(arm, lr, seed, plainVariant, settings))),
  );
}

/**
 * The second stage: each arm once more on the same splits, and on fewer rows, in shorter trainings
 * and in other units, at the rate that was chosen for it.
 */
export function variantTrials(plan: StudyPlan, rateOf: (arm: Arm) => number | undefined): TrialSpec[] {
  const variants = variantsOf(plan).flatMap(({ arm, variant }) => {
    const lr = rateOf(arm);
    return lr === undefined ? [] : [{ arm, variant, lr }];
  });
  return plan.seeds.flatMap((seed) =>
    variants.map(({ arm, variant, lr }) => trialSpec(arm, lr, seed, variant, plan.settings)),
  );
}

/**
 * All arms are trained again on the same splits. Arms with names, and the pairs with and without
 * BatchNorm, are also trained on fewer rows and for fewer epochs. Only raw features are tried in
 * other units, because scaling by the rows' own mean and standard deviation undoes a change of unit.
 */
function variantsOf({ arms, rowFractions, epochFractions, rescale }: StudyPlan): { arm: Arm; variant: Variant }[] {
  const plain = arms.filter(({ name, dropout }) => name !== undefined || dropout === 0);
  const parts: readonly Variant[] = [
    ...rowFractions.map((rows) => ({ ...plainVariant, rows })),
    ...epochFractions.map((epochFraction) => ({ ...plainVariant, epochFraction })),
  ];
  const fewer = plain
    .filter(({ norm }) => norm !== "layer")
    .flatMap((arm) => parts.map((variant) => ({ arm, variant })));
  const raw = plain.filter(({ scale }) => scale === "raw");
  const again = arms.map((arm) => ({ arm, variant: secondTraining }));
  return [
    ...again,
    ...fewer,
    ...(rescale === null ? [] : raw.map((arm) => ({ arm, variant: { ...plainVariant, rescale } }))),
  ];
}

/** The number of networks that a study trains. */
export function countTrials(plan: StudyPlan): { rates: number; variants: number; all: number } {
  const rates = plan.arms.length * plan.lrs.length * plan.seeds.length;
  const variants = variantsOf(plan).length * plan.seeds.length;
  return { rates, variants, all: rates + variants };
}

/** Describes in sentences what a study will train. */
export function describePlan(plan: StudyPlan): string[] {
  const { arms, lrs, seeds, rowFractions, epochFractions, rescale, settings, rows } = plan;
  const { rates, variants, all } = countTrials(plan);
  const list = (values: readonly number[]) => values.join(", ");
  const sentences = [
    `${plural(all, "network")} on ${plural(rows.train, "training row")}, ${plural(settings.epochs, "epoch")} in batches of ${settings.batchSize} each; ` +
      `${rows.validation} validation rows choose, ${rows.test} test rows judge.`,
    `First ${rates}: ${plural(arms.length, "arm")} (${listOfArms(arms)}) x learning rates ${list(lrs)} x ${plural(seeds.length, "seed")}.`,
  ];
  sentences.push(describeRecipe(plan));
  const dropouts = new Set(
    arms.flatMap((arm) => {
      const { from } = arm;
      return typeof from === "object" && from?.dropout ? [from.dropout] : [];
    }),
  );
  if (dropouts.size > 0) sentences.push(`Dropout drops ${list([...dropouts])}.`);
  if (variants > 0) {
    const parts = [
      "other starting weights on the same splits",
      ...(rowFractions.length > 0 ? [`${list(rowFractions)} of the training rows`] : []),
      ...(epochFractions.length > 0 ? [`${list(epochFractions)} of the epochs`] : []),
      ...(rescale === null ? [] : [`raw columns multiplied by ${list(rescale)} in turn`]),
    ];
    sentences.push(`Then ${variants} at the rate chosen for each arm: with ${parts.join("; with ")}.`);
  }
  return sentences;
}

/** Names that the user gave may contain commas. */
function listOfArms(arms: readonly Arm[]): string {
  return arms.map(armId).join(arms.some(({ name }) => name?.includes(",")) ? "; " : ", ");
}
