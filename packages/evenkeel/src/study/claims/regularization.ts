import type { Arm } from "../arm.ts";
import { judge, judged, overall, shown } from "../judge.ts";
import { estimateMean } from "../statistics.ts";
import type { StudyView } from "../view.ts";
import { type Claim, candidate, differences, gapOf, notStudied, settingsOf, tell, unitOf, worthOf } from "./claim.ts";

/** Claim 5. */
export function regularization(view: StudyView): Claim {
  const unit = unitOf(view);
  const percent = 100 * view.plan.worth;
  const claim = {
    id: "regularization" as const,
    claim: "Batch normalization regularises slightly, somewhat like dropout.",
    rule:
      `The gap between test and training ${unit}, with minus without, paired over seeds, each network at its own best rate. Held ` +
      `if the interval lies below 0 and the mean is at least ${percent}% of the other's test error; not held if the interval ` +
      "leaves out such a narrowing. A gap that is narrower while the test error is worse beyond noise is a worse fit, not " +
      "regularisation, and counts as not held. Dropout's own effect stands beside it.",
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  const measured = judged(
    settings.map(({ name, none, batch }) => {
      const others = view.seen(none);
      return candidate(`on ${name}`, unit, worthOf(view, others), differences(view.seen(batch), others, gapOf));
    }),
  );
  const figures = measured.map((figure, i) => {
    const { none, batch } = settings[i];
    const worse = estimateMean(differences(view.seen(none), view.seen(batch)));
    const isWorse = judge(worse.value, worse.interval, 0, 0) === "held";
    if (figure.judged?.verdict !== "held" || !isWorse) return figure;
    const label = `${figure.label} (with a worse test error)`;
    return { ...figure, label, judged: { ...figure.judged, verdict: "not held" as const } };
  });
  const compare = (label: string, first: Arm, second: Arm) => {
    const values = differences(view.seen(first), view.seen(second), gapOf);
    return shown(label, unit, values.length === 0 ? null : estimateMean(values));
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
