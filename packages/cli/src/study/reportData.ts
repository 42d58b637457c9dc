import type { StudyCharts, StudyReport, StudyResult } from "evenkeel/study";
import type { RunFinding, StudyReportData } from "../report/types.ts";
import type { StudyConfig } from "./studyFolder.ts";

interface Facts {
  readonly id: string;
  readonly config: StudyConfig;
  readonly result: StudyResult;
  readonly report: StudyReport;
  readonly charts: StudyCharts;
  readonly findings: readonly RunFinding[];
}

/** What the HTML report of a study shows. */
export function reportData({ id, config, result, report, charts, findings }: Facts): StudyReportData {
  const { metric, ...settings } = result.plan.settings;
  const { target, lrs, rowFractions, rescale, worth, seeds } = result.plan;
  return {
    ...{ title: report.title, id, created: new Date(config.started), table: config.table, target, metric },
    settings: { ...settings, metric, learningRates: lrs, rowFractions, rescale: rescale ?? "none", worth },
    ...{ versions: config.versions, headline: report.headline, ran: report.ran, reference: report.reference },
    ...{ targetError: report.targetError, claims: report.claims, notes: report.notes, seeds: seeds.length, findings },
    rows: report.rows.map((row, i) => ({ ...row, differences: charts.arms[i].differences })),
    curves: {
      metric,
      lines: charts.arms
        .filter(({ arm, curves }) => arm.dropout === 0 && arm.norm !== "layer" && curves.length > 0)
        .map(({ label, curves }) => ({ label, runs: curves })),
    },
    ...{ learningRates: charts.learningRates, rowCounts: charts.rowCounts },
  };
}
