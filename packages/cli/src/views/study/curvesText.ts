import { type Arm, describeArm, describeGroup, type Statistics, type StudyResult, StudyView } from "evenkeel/study";
import { scoreText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { type Curve, drawCurves, drawnWidth } from "../curves.ts";

/**
 * Learning curves with and without BatchNorm: a drawing for each scale of the features, all with
 * the same axis.
 */
export function curvesText({ plan, trials }: StudyResult, output: Output): string[] {
  const { colors } = output;
  const { metric, epochs } = plan.settings;
  const view = new StudyView(plan, trials);
  const constant = meanOf(plan.seeds.flatMap((seed) => view.constantOf(seed) ?? []));
  const arms = plan.arms.filter(({ name, dropout, norm }) => name !== undefined || (dropout === 0 && norm !== "layer"));
  const groups = [...new Set(arms.map(describeGroup))]
    .map((group) => arms.filter((arm) => describeGroup(arm) === group))
    .flatMap((group) => chunks(group, namedColors.length))
    .map((group) => group.flatMap((arm, i) => curvesOf(view, arm, i)))
    .filter((group) => group.length > 0);
  if (groups.length === 0 || epochs < 2 || !(constant > 0)) return [];
  if (widthOf(output) < drawnWidth) {
    const text = `The learning curves take ${drawnWidth} columns: widen the terminal, or see the report.`;
    return [colors.bold("Learning curves"), wrap(text, widthOf(output))];
  }
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
        `Top edge: the best constant, ${scoreText(constant)}; larger values are drawn there. Each arm at its best rate.`,
        widthOf(output),
      ),
    ),
    groups.map((group) => drawCurves(group, { colors, top: constant, bottom })).join("\n\n"),
  ];
}

/** For arms with names, one line each, scored with the statistics that are kept. */
const namedColors = ["cyan", "yellow", "green", "magenta"] as const;

function chunks<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most));
}

function curvesOf(view: StudyView, arm: Arm, position: number): Curve[] {
  if (arm.name !== undefined) return curveOf(view, arm, "kept", printable(arm.name), namedColors[position]);
  const kinds = arm.norm === "batch" ? (["asTrained", "recomputed"] as const) : (["asTrained"] as const);
  return kinds.flatMap((kind) => {
    const word = arm.norm !== "batch" ? "" : kind === "asTrained" ? ", as trained" : ", recomputed";
    const color = arm.norm === "none" ? "cyan" : kind === "asTrained" ? "yellow" : "green";
    return curveOf(view, arm, kind, `${describeArm(arm)}${word}`, color);
  });
}

function curveOf(view: StudyView, arm: Arm, kind: Statistics, label: string, color: Curve["color"]): Curve[] {
  const curves = [...view.seen(arm, kind).values()].map(({ curve }) => curve).filter(({ length }) => length > 0);
  if (curves.length === 0) return [];
  const values = curves[0].map((_, epoch) => meanOf(curves.map((curve) => curve[epoch])));
  return [{ label: `${label}, learning rate ${view.rate(arm, kind)?.lr}`, values, color }];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
