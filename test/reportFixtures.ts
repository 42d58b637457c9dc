import { withoutUndefined } from "evenkeel/problem";
import type { ComparisonReportData } from "../packages/cli/src/views/report/comparisonReport.ts";
import type { StudyReportData, TrainingReportData } from "../packages/cli/src/views/report/types.ts";

/** For tests of the reports: data in which every text is one text. */

/** A text that would be markup, a script, or a placeholder of the drawings, if it were not escaped. */
export const evil =
  "<script>alert(1)</script>\"'&]]></svg><img src=x onerror=alert(1)>\u2028\u202e\u0000`$1` \\ #010101 3.14159";

/** A report of a regression in which every text is `text`. */
export function trainingData(text: string): TrainingReportData {
  return {
    title: text,
    id: text,
    created: new Date(2026, 10, 25),
    versions: { evenkeel: "0.1.0", node: "20.20.0" },
    table: { source: text, rows: 392 },
    target: text,
    unit: text,
    task: "regression",
    metric: "mae",
    seed: 0,
    split: { train: 251, validation: 63, test: 3 },
    trainScored: 251,
    seconds: 1.9,
    scores: { test: { mae: 2, rmse: 3, [text]: 4 }, train: { mae: 1, rmse: 2, [text]: 4 } },
    baselines: { [text]: { test: { mae: 4, rmse: 5 } }, mean: { test: { mae: 8, rmse: 9 } } },
    curves: {
      metric: text,
      lines: [
        {
          label: text,
          runs: [
            [3, 2, 1],
            [4, 3],
          ],
        },
        { label: "b", runs: [[1, 1, 1]] },
      ],
      bestEpoch: 2,
      rates: [0.01, 0.02, 0.005],
    },
    predictions: { kind: "regression", truth: [1, 2, 3], predicted: [1.5, 2, 2.5] },
    worst: {
      columns: [text, "b"],
      rows: [{ place: text, truth: text, predicted: text, error: -2.5, values: [text, "1"] }],
    },
    importance: {
      metric: "mae",
      part: text,
      columns: [
        { column: text, drops: [1, 2] },
        { column: "b", drops: [-0.1] },
      ],
    },
    findings: [{ severity: "warning", code: "x", message: text }],
    network: text,
    settings: { [text]: text, nested: { [text]: [text, 1] } },
    usage: [{ title: text, code: text }],
  };
}

/** What a report of classes has beside its confusion matrix. */
export function calibrationData(text: string): NonNullable<TrainingReportData["calibration"]> {
  const bin = (probability: number, share: number) => ({ rows: 20, probability, share, low: share / 2, high: 1 });
  return { bins: [bin(0.15, 0.1), bin(0.55, 0.7), bin(0.95, 0.9)], error: 0.083, of: text };
}

export function studyData(text: string): StudyReportData {
  const estimate = (value: number) => ({ value, interval: { low: value - 0.5, high: value + 0.5 } });
  const arm = (label: string, value: number, difference: number | null) => ({
    ...{ label, name: label, group: text },
    lr: 0.01,
    test: estimate(value),
    difference: difference === null ? null : estimate(difference),
    differences: difference === null ? [] : [difference - 1, difference + 1],
    epochsTo: { median: 12, arrived: 3, runs: 5 },
    spread: 0.2,
    diverged: { runs: 1, of: 30 },
    gap: { value: -0.3, interval: null },
    won: difference === null ? null : { seeds: 4, of: 5 },
  });
  const figure = (value: number, low: number, high: number) => ({
    ...{ label: text, unit: text, value, interval: { low, high }, seeds: 5, confidence: 0.975 },
  });
  const { title, id, created, versions, table, target, unit, metric, settings, findings } = trainingData(text);
  return {
    ...withoutUndefined({ title, id, created, versions, table, target, unit, metric, settings, findings }),
    ...{ answer: [text, text], power: text, headline: [text, text] },
    ran: [text],
    notes: [text],
    reference: text,
    targetError: "1.1 times what the reference ends with",
    seeds: 5,
    claims: (["held", "not held", "undecided"] as const).map((verdict) => ({
      ...{ claim: text, short: text, rule: text, sentence: text, verdict },
      figures: [
        { ...figure(-0.3, -0.4, -0.2), judged: { none: 0, worth: -0.1, verdict } },
        { ...figure(1.1, 0.9, 1.3), won: 3, judged: { none: 1, worth: 0.95, verdict: "undecided" as const } },
        { ...figure(2, 1, 3) },
      ],
    })),
    rows: [arm(text, 2, null), arm("worse", 3, 1), arm("better", 1, -1), arm("open", 2.1, 0.1)],
    kept: [arm(text, 2, null), arm("worse", 3, 1), arm("better", 1, -1), arm("open", 2.1, 0.1)],
    curves: [
      {
        title: text,
        lines: [
          {
            label: text,
            runs: [
              [3, 2],
              [2, 1],
            ],
          },
        ],
      },
      { title: "two", lines: [{ label: "b", runs: [[30]] }] },
    ],
    learningRates: [
      {
        title: text,
        lines: [
          { label: text, points: [0.001, 0.01, 0.1].map((at) => ({ at, value: 2, failed: at === 0.1 ? 1 : 0 })) },
        ],
      },
    ],
    rowCounts: [{ title: text, lines: [{ label: text, points: [100, 200].map((at) => ({ at, value: 2 })) }] }],
  };
}

/** Two runs beside each other. */
export function comparisonData(text: string): ComparisonReportData {
  const run = (id: string) => ({
    ...{ id, path: text, status: "finished" as const },
    config: {
      ...{ format: 2 as const, id, started: "2026-11-25T10:00:00.000Z", command: [text] },
      ...{ table: { source: text, rows: 392 }, target: text, task: "regression" as const, seed: 0 },
      ...{ split: { train: 251, validation: 63, test: 78 }, settings: { lr: 0.01 } },
      recipe: { read: {}, options: {}, fingerprint: "0" },
      versions: { evenkeel: "0.1.0", node: "20.20.0" },
    },
  });
  const epochs = (factor: number) =>
    [1, 2, 3].map((epoch) => ({
      ...{ epoch, step: 8 * epoch, seconds: epoch, learningRate: 0.01 * factor },
      ...{ train: { mae: factor / epoch }, validation: { mae: (1.5 * factor) / epoch } },
    }));
  return {
    comparison: {
      runs: [run(text), run("other")],
      settings: [{ name: text, values: [text, { [text]: 1 }] }],
      scores: [{ name: "test.mae", values: [2.5, undefined], best: [0] }],
      cautions: [text],
    },
    epochs: [epochs(2), epochs(3)],
    created: new Date(2026, 10, 25),
    versions: { evenkeel: "0.1.0", node: "20.20.0" },
  };
}
