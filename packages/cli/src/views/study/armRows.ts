import { type Arm, type ArmRow, describeArm, type StudyReport } from "evenkeel/study";
import { cutToWidth, displayWidth, padToWidth } from "../../shell/displayWidth.ts";
import { figure, scoreText } from "../../shell/figures.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf } from "../../shell/terminal.ts";
import { type Signs, signsOf } from "../signs.ts";
import { shortArmName } from "./armName.ts";
import { axisLabels, axisOf, plotRow } from "./intervalPlot.ts";

/** With less room than this a drawing says nothing, and the difference is a number. */
const leastPlot = 14;

/**
 * The arms in a line each: name, test error, the difference to the reference with its interval on a
 * common axis, and the seeds in which the arm did better.
 */
export function armRows(report: StudyReport, output: Output): string[] {
  const { colors } = output;
  const signs = signsOf(output);
  const width = widthOf(output);
  const rows = report.kept;
  if (rows.length === 0) return [];
  const write = errorWriter(rows);
  const errors = rows.map(({ test }) => write(test.value));
  const errorWidth = Math.max(...errors.map((text) => text.length));
  const roomy = width >= 70;
  const won = rows.map((row) => wonText(row, roomy));
  const wonWidth = Math.max(3, ...won.map((text) => text.length));
  const names = rows.map(({ arm }) => shortArmName(arm));
  const most = Math.max(14, Math.floor(width * (roomy ? 0.5 : 0.4)));
  const nameWidth = Math.min(most, Math.max(...names.map(displayWidth)));
  const room = width - 1 - nameWidth - errorWidth - wonWidth - 6;
  const differences = rows.flatMap(({ difference }) => difference ?? []);
  const axis = axisOf(differences, Math.min(room, 48));
  const drawn = room >= leastPlot;
  const middle = rows.map(({ difference, arm }) =>
    drawn
      ? plotOrReference(difference, isReference(arm, report), axis, signs)
      : numberText(difference, isReference(arm, report)),
  );
  const middleWidth = drawn ? axis.columns : Math.max(4, ...middle.map((text) => text.length));
  const metricWidth = nameWidth + errorWidth + 2;
  // "MAE in Miles_per_Gallon": without the target's name if there is no room for all of it.
  const metric = [report.metric, report.metric.replace(/ in .*$/s, "")]
    .map((text) => `test ${printable(text)}`)
    .find((text) => displayWidth(text) <= metricWidth);
  const head = [
    padToWidth(metric ?? "test", metricWidth),
    padToWidth(drawn ? axisLabels(axis) : "diff", middleWidth),
    won.some((text) => text !== "") ? "won" : "",
  ];
  return [
    colors.dim(head.join("  ").trimEnd()),
    ...rows.map((row, i) => {
      const name = padToWidth(cutToWidth(names[i], nameWidth, signs.cut), nameWidth);
      const color = colorOf(row, output);
      const last = won[i] === "" ? [color(middle[i].trimEnd())] : [color(padToWidth(middle[i], middleWidth)), won[i]];
      const line = [name, errors[i].padStart(errorWidth), ...last];
      return line.join("  ").trimEnd();
    }),
  ];
}

function isReference(arm: Arm, { reference }: StudyReport): boolean {
  return describeArm(arm) === reference;
}

/** The same number of decimals for all: three digits for the smallest. */
function errorWriter(rows: readonly ArmRow[]): (value: number) => string {
  const smallest = Math.min(...rows.map(({ test }) => Math.abs(test.value)).filter((value) => value > 0));
  const decimals = Number.isFinite(smallest) ? Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(smallest)))) : 2;
  return (value) => (Number.isFinite(value) ? figure(value, decimals, 1e5) : "–");
}

function wonText({ won }: ArmRow, roomy: boolean): string {
  return won === null ? "" : `${won.seeds}${roomy ? " of " : "/"}${won.of}`;
}

function plotOrReference(
  difference: ArmRow["difference"],
  reference: boolean,
  axis: ReturnType<typeof axisOf>,
  signs: Signs,
): string {
  const plot = plotRow(reference ? null : difference, axis, signs);
  if (!reference) return plot;
  const zero = plot.indexOf(signs.zero);
  const word = "reference";
  if (plot.length - zero > word.length + 1) return `${plot.slice(0, zero + 1)} ${word}`;
  return zero > word.length ? `${plot.slice(0, zero - word.length - 1)}${word} ${plot.slice(zero)}` : plot;
}

function numberText(difference: ArmRow["difference"], reference: boolean): string {
  if (reference) return "ref.";
  return difference === null ? "" : `${difference.value > 0 ? "+" : ""}${scoreText(difference.value)}`;
}

/** Green below the reference, red above it, dim if the interval holds 0. */
function colorOf({ difference }: ArmRow, { colors }: Output): (text: string) => string {
  const interval = difference?.interval;
  if (interval == null) return difference === null ? colors.dim : (text) => text;
  return interval.high < 0 ? colors.green : interval.low > 0 ? colors.red : colors.dim;
}
