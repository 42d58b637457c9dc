import type { ArmChart, StudyCharts, StudyResult } from "evenkeel/study";
import { type Curve, drawCurves } from "../curves.ts";
import { metricFacts, scoreText } from "../metrics.ts";
import { type Output, widthOf, wrap } from "../terminal.ts";

/** Learning curves with and without BatchNorm, a drawing for each scale of the features, all within the same edges. */
export function curvesText({ plan }: StudyResult, { arms, constant }: StudyCharts, output: Output): string[] {
  const { colors } = output;
  const { metric, epochs } = plan.settings;
  const drawn = arms.filter(({ arm, curves }) => arm.dropout === 0 && arm.norm !== "layer" && curves.length > 0);
  if (drawn.length === 0 || epochs < 2 || constant === null || !(constant > 0)) return [];
  const scales = [...new Set(drawn.map(({ arm }) => arm.scale))];
  const groups = scales.map((scale) => drawn.filter(({ arm }) => arm.scale === scale).map(curveOf));
  const lowest = Math.min(...groups.flat().flatMap(({ values }) => values));
  const bottom = Math.max(Math.min(lowest, constant / 2), constant / 1000);
  const short = metricFacts(metric).short;
  if (lowest > 0.98 * constant) {
    const text = `Nothing to draw: no arm's mean validation ${short} comes below that of the best constant, ${scoreText(constant)}.`;
    return [colors.bold("Learning curves"), wrap(text, widthOf(output))];
  }
  return [
    colors.bold(`Learning curves: validation ${short}, mean over seeds, logarithmic scale`),
    colors.dim(
      wrap(
        `Top edge: the best constant, ${scoreText(constant)}; what lies above is drawn there. Each arm at its best rate.`,
        widthOf(output),
      ),
    ),
    groups.map((group) => drawCurves(group, { colors, top: constant, bottom })).join("\n\n"),
  ];
}

function curveOf({ label, arm, statistics, lr, curves }: ArmChart): Curve {
  const values = curves[0].map((_, epoch) => curves.reduce((sum, curve) => sum + curve[epoch], 0) / curves.length);
  const color = arm.norm === "none" ? "cyan" : statistics === "asTrained" ? "yellow" : "green";
  return { label: `${label}, learning rate ${lr}`, values, color };
}
