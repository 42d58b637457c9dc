import type { Arm } from "../arms/arm.ts";
import { overall } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import {
  type Claim,
  claimsTogether,
  describeWorth,
  differences,
  notStudied,
  settingsOf,
  shownDifference,
  tell,
  unitOf,
} from "./claim.ts";
import { gapRule, narrowerGaps } from "./gap.ts";

/** Claim 5. */
export function regularization(view: StudyView): Claim {
  const claim = {
    id: "regularization" as const,
    short: "regularises",
    claim: "Batch normalization regularises slightly, somewhat like dropout.",
    rule:
      `How far the test ${unitOf(view)} is above the training error, as a ratio, with minus without, paired over seeds, each network at its own best ` +
      `rate, and told as a test error. Held if the whole interval lies at or beyond the smallest effect of interest (${describeWorth(view)}); not held if ` +
      `the interval leaves out such a narrowing. ${gapRule} Dropout's own effect stands beside it.`,
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const figures = narrowerGaps(
    view,
    settings.map(({ name, none, batch }) => ({
      ...{ label: `on ${name}`, trainings: view.trainings(batch), others: view.trainings(none) },
    })),
    claimsTogether,
  );
  const compare = (label: string, first: Arm, second: Arm) => {
    const others = view.trainings(second);
    return shownDifference(view, label, others, differences(view, view.trainings(first), others, view.gap));
  };
  const dropout = view.plan.arms
    .filter(({ norm, dropout }) => norm === "none" && dropout > 0)
    .flatMap((arm) => {
      const setting = settings.find(({ scale }) => scale === arm.scale);
      return setting === undefined
        ? []
        : [
            compare(`gap with dropout ${arm.dropout} against without, on ${setting.name}`, arm, setting.none),
            compare(`gap with BatchNorm against dropout ${arm.dropout}, on ${setting.name}`, setting.batch, arm),
          ];
    });
  return { ...claim, verdict: overall(figures), figures: [...figures, ...dropout], sentence: tell(figures) };
}
