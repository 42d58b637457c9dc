import type { Arm } from "../arms/arm.ts";
import { judged, overall, shown, type Verdict } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { effectsByInputs } from "./betterResult.ts";
import {
  type Claim,
  candidate,
  describeWorth,
  differences,
  gapOf,
  notStudied,
  settingsOf,
  tell,
  unitOf,
  worthOf,
} from "./claim.ts";

/** Claim 5. */
export function regularization(view: StudyView): Claim {
  const unit = unitOf(view);
  const claim = {
    id: "regularization" as const,
    claim: "Batch normalization regularises slightly, somewhat like dropout.",
    rule:
      `The gap between test and training ${unit}, with minus without, paired over seeds, each network at its own best rate. Held ` +
      `if the interval lies below 0 and the mean is at least the smallest effect of interest (${describeWorth(view)}); not held if the interval leaves out ` +
      "such a narrowing. A gap that is narrower while the mean test error is worse by as much is a worse fit, not " +
      "regularisation: not held if that is significant, else undecided. Dropout's own effect stands beside it.",
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const gaps = judged(
    settings.map(({ name, none, batch }) => {
      const others = view.seen(none);
      return candidate(view, `on ${name}`, worthOf(view, others), differences(view.seen(batch), others, gapOf));
    }),
  );
  const changes = effectsByInputs(view);
  const figures = gaps.map((figure, i) => {
    const { value, interval } = changes[i];
    const { judged } = figure;
    if (judged?.verdict !== "held" || value === null || value < -judged.worth) return figure;
    const verdict: Verdict = interval !== null && interval.low > 0 ? "not held" : "undecided";
    return { ...figure, label: `${figure.label} (with a worse test error)`, judged: { ...judged, verdict } };
  });
  const compare = (label: string, first: Arm, second: Arm) => {
    const values = differences(view.seen(first), view.seen(second), gapOf);
    return shown(label, unit, view.estimate(values));
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
