import type { Cell, CellGrid } from "../charts/cells.ts";
import type { Chart, Line } from "../charts/chart.ts";
import { short, steps } from "../charts/format.ts";
import type { Range } from "../charts/range.ts";
import type { Setup, Side } from "../state/setup.ts";
import type { PredictionsPicture } from "../training/frames.ts";
import { sideNames } from "./sideNames.ts";

type Numbers = Extract<PredictionsPicture, { kind: "numbers" }>;
type Classes = Extract<PredictionsPicture, { kind: "classes" }>;

/** The ends of both axes: those of the truth with room. A network that is far off may predict beyond. */
export function truthRange({ truth }: Pick<Numbers, "truth">): Range {
  const [least, most] = [Math.min(...truth), Math.max(...truth)];
  if (!(least <= most)) return [0, 1];
  const room = 0.15 * (most - least) || Math.abs(most) || 1;
  return [least - room, most + room];
}

/** The chart of predictions beside the truth; both axes have the same ends. */
export function predictionChart(setup: Setup, side: Side, target: string, predictions: Numbers): Chart {
  const range = truthRange(predictions);
  return {
    title: `${sideNames(setup)[side]}: predictions beside the truth`,
    x: { label: `true ${target}`, range, format: short },
    y: { label: `predicted ${target}`, range, format: short },
    areas: [],
    lines: predictionLines(side, predictions, range),
  };
}

/** Predictions over the truth, and the diagonal on which they would be right. */
export function predictionLines(side: Side, { truth, predicted }: Numbers, [least, most]: Range): Line[] {
  const order = Array.from(truth.keys()).sort((a, b) => truth[a] - truth[b]);
  const x = [least, ...order.map((row) => truth[row]), most];
  const y = [Number.NaN, ...order.map((row) => predicted[row]), Number.NaN];
  return [
    { label: "as the truth", colour: "quiet", width: 1.2, dash: [3, 3], x, y: x },
    { label: "a held-out row", colour: side, form: "points", x, y },
  ];
}

/** How many predictions lie beyond the ends of the axis, or are no numbers. */
export function countBeyond({ predicted }: Pick<Numbers, "predicted">, [least, most]: Range): number {
  return predicted.reduce((count, value) => (value >= least && value <= most ? count : count + 1), 0);
}

/** The rows of each class by the class that they were said to be, shaded by their share of the row. */
export function confusionGrid({ classes, counts }: Classes): CellGrid {
  return {
    label: "predicted",
    columns: classes,
    rows: classes.map((label, i) => {
      const all = counts[i].reduce((sum, count) => sum + count, 0);
      const cells = counts[i].map((count): Cell => ({ text: steps(count), share: all === 0 ? 0 : count / all }));
      return { label, cells };
    }),
  };
}
