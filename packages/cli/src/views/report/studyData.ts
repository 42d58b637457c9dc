import {
  type Arm,
  describeArm,
  describeGroup,
  describeScale,
  type Observation,
  plainVariant,
  type ReportRow,
  type Statistics,
  type StudyResult,
  StudyView,
  studyReport as summarizeStudy,
} from "evenkeel/study";
import { differInSize } from "../study/differInSize.ts";
import { isHeldInPart } from "../study/isHeldInPart.ts";
import { sourceName } from "./sourceName.ts";
import type { Panel, ReportSource, RunFinding, Series, StudyArm, StudyReportData } from "./types.ts";

/** The fields of a report that a study's result does not have. */
type StudySource = Pick<ReportSource, "id" | "created" | "table" | "unit" | "versions"> & {
  readonly findings?: readonly RunFinding[];
};

/** The data of a study's report, for a finished or an interrupted study. */
export function studyReportData(result: StudyResult, source: StudySource): StudyReportData {
  const { plan, trials } = result;
  const view = new StudyView(plan, trials);
  const { rows, kept, ...summary } = summarizeStudy(result);
  const sized = differInSize(plan);
  return {
    ...source,
    table: { ...source.table, source: sourceName(source.table.source) },
    ...{
      title: summary.title,
      ran: summary.ran,
      answer: summary.answer,
      power: summary.power,
      headline: summary.headline,
      claims: summary.claims.map((claim) => ({ ...claim, inPart: isHeldInPart(claim) })),
      notes: summary.notes,
    },
    ...{ reference: summary.reference, targetError: summary.targetError },
    ...{ target: plan.target, metric: plan.settings.metric, seeds: plan.seeds.length },
    rows: rows.map((row) => ({
      ...row,
      ...nameOf(row),
      ...(sized && row.arm.name !== undefined && { parameters: row.arm.parameters }),
    })),
    kept: kept.map((row) => ({ ...row, ...nameOf({ ...row, label: describeArm(row.arm) }) })),
    curves: panels(view, (arm, statistics, label) => {
      const runs = [...view.seen(arm, statistics).values()]
        .filter(({ diverged }) => !diverged)
        .map(({ curve }) => curve);
      return { label, runs };
    }).map(withLines(({ runs }) => runs.length > 0)),
    learningRates:
      plan.lrs.length < 2
        ? []
        : panels(view, (arm, statistics, label): Series => {
            return { label, points: plan.lrs.flatMap((lr) => pointOf(view, lr, view.at(arm, lr, statistics))) };
          }).map(withLines(({ points }) => points.length > 0)),
    rowCounts: rowPanels(view, result),
    settings: { ...plan.settings, learningRates: plan.lrs, worth: plan.worth, split: plan.rows },
  };
}

/** The heading of a row, and the rest of its name: an arm without one is named by its scaling first. */
function nameOf({ arm, label }: Pick<ReportRow, "arm" | "label">): Pick<StudyArm, "group" | "name"> {
  const name = arm.name === undefined ? label.slice(label.indexOf(", ") + 2) : label;
  return { group: capital(describeGroup(arm)), name };
}

type LineOf<Line> = (arm: Arm, statistics: Statistics, label: string) => Line;

/** The most lines that can be distinguished in one drawing. */
const mostLines = 6;

/**
 * A panel for each scale of the features, with a line for each normalization, so that arms that are
 * compared are in one drawing, with the same colours in all; arms with dropout are in the table
 * only. For arms with names, a panel for each group, or for each six of a group. Arms are scored
 * with the statistics that are kept.
 */
function panels<Line>(view: StudyView, lineOf: LineOf<Line>): Panel<Line>[] {
  const named = view.plan.arms.filter(({ name }) => name !== undefined);
  const groups = [...new Set(named.map(describeGroup))].flatMap((group) => {
    const arms = named.filter((arm) => describeGroup(arm) === group);
    const panel = (from: number) => ({
      title: capital(group),
      lines: arms.slice(from, from + mostLines).map((arm) => lineOf(arm, "kept", describeArm(arm))),
    });
    return Array.from({ length: Math.ceil(arms.length / mostLines) }, (_, i) => panel(i * mostLines));
  });
  return [...normPanels(view, lineOf), ...groups];
}

function capital(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

function normPanels<Line>(view: StudyView, lineOf: LineOf<Line>): Panel<Line>[] {
  const arms = view.plan.arms.filter(({ name, dropout }) => name === undefined && dropout === 0);
  const scales = [...new Set(arms.map(({ scale }) => scale))];
  return scales.map((scale) => ({
    title: capital(describeScale(scale)),
    lines: arms
      .filter((arm) => arm.scale === scale)
      .flatMap((arm) => {
        if (arm.norm === "batch") {
          return [
            lineOf(arm, "asTrained", "BatchNorm, as trained"),
            lineOf(arm, "recomputed", "BatchNorm, recomputed"),
          ];
        }
        return [lineOf(arm, "asTrained", arm.norm === "none" ? "no normalization" : "LayerNorm")];
      }),
  }));
}

function withLines<Line>(has: (line: Line) => boolean): (panel: Panel<Line>) => Panel<Line> {
  return ({ title, lines }) => ({ title, lines: lines.filter(has) });
}

function pointOf(view: StudyView, at: number, seen: ReadonlyMap<number, Observation>): Series["points"] {
  if (seen.size === 0) return [];
  const observations = [...seen.values()];
  const failed = observations.filter(({ diverged }) => diverged).length;
  const { value } = view.average(new Map([...seen].map(([seed, one]) => [seed, [one]])));
  return [{ at, value, failed }];
}

/**
 * Test errors by the number of training rows, for the arms that were tried with fewer, scored with
 * the statistics that are kept.
 */
function rowPanels(view: StudyView, { plan, trials }: StudyResult): Panel<Series>[] {
  const fractions = [...new Set(trials.map(({ spec }) => spec.rows))].sort((a, b) => a - b);
  if (fractions.length < 2) return [];
  const lines = plan.arms.map((arm) => {
    const points = fractions.flatMap((rows) =>
      pointOf(view, Math.round(rows * plan.rows.train), view.seen(arm, "kept", { ...plainVariant, rows })),
    );
    return { label: describeArm(arm), points };
  });
  return [{ title: "All arms", lines: lines.filter(({ points }) => points.length > 1) }];
}
