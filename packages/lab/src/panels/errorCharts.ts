import type { Task } from "evenkeel/tabular";
import type { Axis, Chart, Line } from "../charts/chart.ts";
import { percent, short, steps } from "../charts/format.ts";
import { errorRange } from "../charts/range.ts";
import { type Setup, type Side, sides } from "../state/setup.ts";
import type { Point } from "../training/frames.ts";
import type { Recomputed } from "../training/recompute.ts";
import { sideNames } from "./sideNames.ts";

/** Left is dashed and right is solid wherever both are on one chart. */
export const sideDash: Readonly<Record<Side, readonly number[]>> = { left: [8, 4], right: [] };

/** The points of both trainings. */
export type BothPoints = Readonly<Record<Side, readonly Point[]>>;

/** What recomputed statistics made of the error of each side, where that was asked. */
export type BothRecomputed = Readonly<Record<Side, Recomputed | undefined>>;

/** The chart of the held-out errors. */
export function errorChart(
  setup: Setup,
  { task, target }: { readonly task: Task; readonly target: string },
  points: BothPoints,
  recomputed?: BothRecomputed,
): Chart {
  return {
    title: "Held-out error in train mode and in eval mode",
    x: stepAxis(setup),
    y: errorAxis(task, target, points, recomputed),
    areas: [],
    lines: errorLines(setup, points, recomputed),
  };
}

/** The chart of the training loss. */
export function lossChart(setup: Setup, points: BothPoints): Chart {
  const y = { label: "training loss", log: true };
  return { title: "Training loss", x: stepAxis(setup), y, areas: [], lines: lossLines(setup, points) };
}

/** Where a training stands; all charts over steps have the axis of the whole training. */
export function stepAxis(setup: Pick<Setup, "steps">): Axis {
  return { label: "step", range: [0, setup.steps], format: steps };
}

/** An error on its axis: in the target's unit, or the share of wrong classes. */
export function errorAxis(task: Task, target: string, points: BothPoints, recomputed?: BothRecomputed): Axis {
  const curves = sides.flatMap((side) => [points[side].map(evalMode), points[side].map(trainMode)]);
  const range = errorRange(curves);
  // A point that was asked for is in the chart, unless that would flatten all the rest.
  const after = sides.map((side) => 1.05 * (recomputed?.[side]?.after ?? 0));
  if (range !== undefined) range[1] = Math.max(range[1], ...after.filter((value) => value < 3 * range[1]));
  const label = task === "regression" ? `off by (${target})` : "wrong classes";
  return { label, format: errorFormat(task), ...(range && { range }) };
}

/** How an error is written. */
export function errorFormat(task: Task): (value: number) => string {
  return task === "regression" ? short : percent;
}

/** An error in words. */
export function errorPhrase(task: Task, target: string, error: number): string {
  const written = errorFormat(task)(error);
  return task === "regression" ? `off by ${written} ${target}` : `wrong for ${written} of the rows`;
}

/**
 * Held-out errors of both sides: eval mode thick, train mode thin; and a point for the error in eval
 * mode that recomputed statistics gave, a ring on the left and a disc on the right.
 */
export function errorLines(setup: Setup, points: BothPoints, recomputed?: BothRecomputed): Line[] {
  const names = sideNames(setup);
  const lines = sides.flatMap((side): Line[] => {
    const x = points[side].map(({ step }) => step);
    const common = { colour: side, dash: sideDash[side], x };
    return [
      { ...common, label: `${names[side]}, train mode`, width: 1.2, y: points[side].map(trainMode) },
      { ...common, label: `${names[side]}, eval mode`, width: 3, y: points[side].map(evalMode) },
    ];
  });
  const single = sides.flatMap((side): Line[] => {
    const found = recomputed?.[side];
    if (found === undefined) return [];
    const label = `${names[side]}, eval mode with recomputed statistics`;
    return [{ label, colour: side, form: pointForm[side], width: 2.5, x: [found.step], y: [found.after] }];
  });
  return [...lines, ...single];
}

const pointForm: Readonly<Record<Side, "points" | "discs">> = { left: "points", right: "discs" };

/** The training loss of both sides. At step 0 there was no batch yet. */
export function lossLines(setup: Setup, points: BothPoints): Line[] {
  const names = sideNames(setup);
  return sides.map((side) => {
    const known = points[side].filter(({ step }) => step > 0);
    const [x, y] = [known.map(({ step }) => step), known.map(({ loss }) => loss)];
    return { label: names[side], colour: side, dash: sideDash[side], width: 1.8, x, y };
  });
}

const evalMode = (point: Point) => point.evalMode;
const trainMode = (point: Point) => point.trainMode;
