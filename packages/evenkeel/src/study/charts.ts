import { type Arm, describeArm, type Statistics } from "./arm.ts";
import { differences } from "./claims/claim.ts";
import { labelOf } from "./report.ts";
import type { StudyResult } from "./result.ts";
import { type Estimate, estimateMean, mean } from "./statistics.ts";
import { type Observation, StudyView } from "./view.ts";

/** What is drawn of an arm, as the report's row of the same label has it. */
export interface ArmChart {
  readonly label: string;
  readonly arm: Arm;
  readonly statistics: Exclude<Statistics, "kept">;
  readonly lr: number;
  /** The validation error by epoch, of each seed that did not diverge. */
  readonly curves: readonly (readonly number[])[];
  /** The test error minus that of the reference arm, of each seed; none for the reference itself. */
  readonly differences: readonly number[];
}

/** The mean test error over something that was varied. */
export interface Series {
  readonly label: string;
  /** `failed`: how many runs diverged there, and count as the best constant. */
  readonly points: readonly (Estimate & { readonly at: number; readonly failed: number })[];
}

/** What renderers draw. */
export interface StudyCharts {
  readonly arms: readonly ArmChart[];
  /** Over the learning rates, of the arms without dropout; BatchNorm with the statistics that are better on the validation rows. */
  readonly learningRates: readonly Series[];
  /** Over the number of training rows, with and without BatchNorm. Empty where that was not varied. */
  readonly rowCounts: readonly Series[];
  /** The mean validation error of the best constant; null without trials. */
  readonly constant: number | null;
}

export function studyCharts({ plan, trials }: StudyResult): StudyCharts {
  const view = new StudyView(plan, trials);
  const plain = plan.arms.filter(({ dropout }) => dropout === 0);
  const constants = plan.seeds.flatMap((seed) => view.constantOf(seed) ?? []);
  const parts = [...plan.rowFractions, 1].sort((a, b) => a - b);
  return {
    arms: plan.arms.flatMap((arm) => chartsOf(view, arm)),
    learningRates:
      plan.lrs.length < 2
        ? []
        : plain.map((arm) => seriesOf(arm, [...plan.lrs].sort(byNumber), (lr) => view.at(arm, lr, "kept"))),
    rowCounts:
      parts.length < 2
        ? []
        : plain
            .filter(({ norm }) => norm !== "layer")
            .map((arm) => {
              const series = seriesOf(arm, parts, (rows) => view.seen(arm, "kept", { rows, rescale: null }));
              const points = series.points.map((point) => ({ ...point, at: Math.round(point.at * plan.rows.train) }));
              return { ...series, points };
            }),
    constant: constants.length === 0 ? null : mean(constants),
  };
}

const byNumber = (a: number, b: number) => a - b;

function chartsOf(view: StudyView, arm: Arm): ArmChart[] {
  return (arm.norm === "batch" ? (["asTrained", "recomputed"] as const) : (["asTrained"] as const)).flatMap(
    (statistics) => {
      const rate = view.rate(arm, statistics);
      if (rate === undefined) return [];
      const seen = view.seen(arm, statistics);
      return [
        {
          ...{ label: labelOf(arm, statistics), arm, statistics, lr: rate.lr },
          curves: [...seen.values()].flatMap(({ curve }) => (curve.length === 0 ? [] : [curve])),
          differences: arm === view.reference ? [] : differences(seen, view.seen(view.reference)),
        },
      ];
    },
  );
}

function seriesOf(arm: Arm, values: readonly number[], at: (value: number) => Map<number, Observation>): Series {
  const points = values.flatMap((value) => {
    const seen = [...at(value).values()];
    const failed = seen.filter(({ diverged }) => diverged).length;
    return seen.length === 0 ? [] : [{ at: value, failed, ...estimateMean(seen.map(({ test }) => test)) }];
  });
  return { label: describeArm(arm), points };
}
