import { arms } from "./arms.ts";
import { type Curve, drawCurves } from "./curves.ts";
import { findings } from "./findings.ts";
import type { MpgTable } from "./mpg.ts";
import { type Comparison, meanCurve, type Reading, type Settings, type SplitFacts, scoresOf } from "./results.ts";
import { mean } from "./statistics.ts";
import { sampleTable, scoreTable } from "./tables.ts";
import { type Colors, count, wrap } from "./terminal.ts";

const lineWidth = 80;

/** What a run is to do. */
export interface Plan {
  readonly table: MpgTable;
  readonly settings: Settings;
  readonly seeds: readonly number[];
  readonly threads: number;
  /** Test error, in mpg, to which epochs are counted. */
  readonly targetMae: number;
}

/** What is about to be done, and on what data. */
export function introduction({ table, settings, seeds, threads }: Plan, split: SplitFacts, colors: Colors): string {
  const complete = table.y.length;
  const tested = split.testRows.length;
  const { learningRate, batchSize, epochs } = settings;
  const item = (name: string, text: string) => wrap(`${name.padEnd(7)}${text}`, lineWidth, " ".repeat(7));
  return `${[
    heading("Does batch normalization help on Auto MPG?", colors),
    item(
      "Data",
      `${table.rowsInFile} rows from vega-datasets, ${complete} complete: ${table.withoutMpg} lack MPG, ${table.withoutHorsepower} horsepower. ` +
        `${table.features.length} features: ${table.features.slice(0, table.measured).join(", ")}, and origin one-hot. ` +
        `${complete - tested} rows to train on, ${tested} to test on, drawn anew for each seed.`,
    ),
    item(
      "Train",
      `${arms.length} networks x ${count(seeds.length, "seed")} on ${count(threads, "thread")}; for each seed the same split, starting weights and batches. ` +
        `9-50-25-1 with ReLU, squared error, Adam with lr ${learningRate}, batches of ${batchSize}, ${count(epochs, "epoch")}.`,
    ),
    item("Test", "Nothing is chosen by the test rows: no early stopping, no tuning."),
  ].join("\n")}\n\n`;
}

/** Table, curves, samples and findings of a run. Needs at least one whole seed. */
export function report(comparison: Comparison, targetMae: number, colors: Colors): string {
  const { splits, settings } = comparison;
  const spread = splits.length > 1 ? `mean ± standard deviation over ${splits.length} seeds` : "one seed";
  const sections = [
    [
      heading(`Errors on the test rows, in mpg (${spread})`, colors),
      scoreTable(comparison, targetMae, colors),
      wrap(
        `epochs to ${targetMae}: median epoch of the first test MAE of at most ${targetMae} mpg, and the runs that got there. ` +
          "gap: test minus train MAE. recomputed: BatchNorm's running statistics over the training rows, same weights.",
        lineWidth,
      ),
    ],
    settings.epochs > 1 ? curveSection(comparison, colors) : [],
    [heading(`Sample predictions of seed ${splits[0].seed}, in mpg`, colors), sampleTable(comparison, colors)],
    findingSection(comparison, targetMae, colors),
  ];
  const text = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n");
  // Tables and charts pad their lines to one width.
  return `${text.replaceAll(/ +$/gm, "")}\n`;
}

function heading(text: string, colors: Colors): string {
  return colors.bold(text);
}

/** The tutorial's two networks, then the crossed ones, both within the same edges. */
function curveSection(comparison: Comparison, colors: Colors): string[] {
  const curve = (label: string, color: Curve["color"], reading: Reading): Curve[] => {
    const values = meanCurve(scoresOf(comparison, reading).values());
    return values.length === 0 ? [] : [{ label, color, values }];
  };
  const groups = [
    [
      ...curve("after: raw, BatchNorm, as trained", "yellow", { arm: "after", statistics: "asTrained" }),
      ...curve("after, statistics recomputed", "green", { arm: "after", statistics: "recomputed" }),
      ...curve("before: z-score, no BatchNorm", "cyan", { arm: "before", statistics: "asTrained" }),
    ],
    [
      ...curve("crossed: raw, no BatchNorm", "red", { arm: "raw", statistics: "asTrained" }),
      ...curve("crossed: z-score, BatchNorm, as trained", "magenta", { arm: "both", statistics: "asTrained" }),
      ...curve("crossed: z-score, BatchNorm, recomputed", "green", { arm: "both", statistics: "recomputed" }),
    ],
  ].filter((group) => group.length > 0);
  if (groups.length === 0) return [];
  const top = mean(comparison.splits.map(({ baseline }) => baseline.mae));
  const bottom = Math.min(top / 2, ...groups.flat().map(({ values }) => Math.min(...values)));
  return [
    heading("Learning curves: test MAE in mpg, mean over seeds, logarithmic scale", colors),
    colors.dim(`The top edge is guessing the training mean, ${top.toFixed(1)}; what lies above is drawn there.`),
    groups.map((group) => drawCurves(group, { colors, top, bottom })).join("\n\n"),
  ];
}

function findingSection(comparison: Comparison, targetMae: number, colors: Colors): string[] {
  const { headline, shown, notShown } = findings(comparison, targetMae);
  return [
    heading("What this run shows", colors),
    wrap(headline, lineWidth),
    ...shown.map(({ label, text }) => {
      const item = wrap(`- ${label}: ${text}`, lineWidth, "  ");
      return item.replace(label, colors.bold(label));
    }),
    "",
    heading("What it does not show", colors),
    ...notShown.map((sentence) => wrap(`- ${sentence}`, lineWidth, "  ")),
  ];
}
