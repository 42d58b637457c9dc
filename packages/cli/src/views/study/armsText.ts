import {
  describeArm,
  describeGroup,
  type Estimate,
  type ReportRow,
  type StudyPlan,
  type StudyReport,
} from "evenkeel/study";
import { displayWidth } from "../../shell/displayWidth.ts";
import { figure } from "../../shell/figures.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { newTable } from "../table.ts";
import { nameInGroup } from "./armName.ts";
import { differInSize } from "./differInSize.ts";

interface Column {
  readonly head: string;
  readonly cell: (row: ReportRow) => string;
}

/**
 * The arms by the scale of their features, in one table, or in several if the terminal is narrow;
 * then an explanation of the columns.
 */
export function armsText(report: StudyReport, plan: StudyPlan, output: Output): string {
  const { rows, targetError, reference } = report;
  const { colors } = output;
  const width = widthOf(output);
  const write = writerFor(rows);
  const rescaledText = ({ rescaled, statistics }: ReportRow) =>
    rescaled === null || statistics === "recomputed" ? "" : write(rescaled.value);
  const first: Column[] = [
    { head: "lr", cell: ({ lr }) => String(lr) },
    { head: "test error", cell: ({ test }) => plusMinus(test, write) },
    { head: "difference", cell: (row) => differenceText(row, reference, write, output) },
  ];
  const second: Column[] = [
    { head: "epochs", cell: epochsText },
    { head: "spread", cell: ({ spread }) => (spread === null ? "" : write(spread)) },
    { head: "rates", cell: ({ trains }) => String(trains.length) },
    { head: "gap", cell: ({ gap }) => write(gap.value) },
    ...(rows.some(({ rescaled }) => rescaled !== null) ? [{ head: "rescaled", cell: rescaledText }] : []),
    ...(differInSize(plan) ? [{ head: "parameters", cell: parametersText }] : []),
  ];
  const tables = fitting(rows, [...first, ...second], output).join("\n\n");
  const legend =
    `Geometric mean over seeds ± half of its 95% interval. lr: the rate that is best on the validation rows. difference: to ${reference}, seed by ` +
    `seed. epochs: median until ${targetError}. spread: between two trainings on the same split. rates: how many learning rates train. gap: test minus training error. ` +
    "recomputed: the same weights with running statistics recomputed over the training rows." +
    (second.some(({ head }) => head === "rescaled") ? " rescaled: how far other units move the error." : "");
  return `${tables}\n${colors.dim(wrap(legend, width))}`;
}

/** The columns in as few tables as fit into the width. */
function fitting(rows: readonly ReportRow[], columns: readonly Column[], output: Output): string[] {
  const width = widthOf(output);
  const tables: string[] = [];
  let taken: Column[] = [];
  for (const column of columns) {
    const more = [...taken, column];
    if (taken.length > 0 && visibleWidth(tableOf(rows, more, output)) > width) {
      tables.push(tableOf(rows, taken, output));
      taken = [column];
    } else taken = more;
  }
  return [...tables, tableOf(rows, taken, output)];
}

function visibleWidth(table: string): number {
  return Math.max(...table.split("\n").map((line) => displayWidth(line.trimEnd())));
}

function tableOf(rows: readonly ReportRow[], columns: readonly Column[], { colors }: Output): string {
  const table = newTable(colors, ["", ...columns.map(({ head }) => head)]);
  let group: string | undefined;
  for (const row of rows) {
    if (describeGroup(row.arm) !== group) {
      group = describeGroup(row.arm);
      table.push([colors.bold(printable(group)), ...columns.map(() => "")]);
    }
    const name = row.statistics === "recomputed" ? "    └ recomputed" : `  ${nameInGroup(row.arm)}`;
    table.push([name, ...columns.map(({ cell }) => cell(row))]);
  }
  return table.toString();
}

/**
 * The number of decimals of all figures: the smallest test error has three digits, or two if it is
 * small.
 */
function writerFor(rows: readonly ReportRow[]): (value: number) => string {
  const smallest = Math.min(...rows.map(({ test }) => Math.abs(test.value)).filter((value) => value > 0));
  const decimals = Number.isFinite(smallest)
    ? Math.max(0, Math.min(6, (smallest < 0.1 ? 1 : 2) - Math.floor(Math.log10(smallest))))
    : 2;
  return (value) => figure(value, decimals, 1e6);
}

function plusMinus({ value, interval }: Estimate, write: (value: number) => string): string {
  return interval === null ? write(value) : `${write(value)} ± ${write((interval.high - interval.low) / 2)}`;
}

/** Coloured if its interval excludes 0. */
function differenceText(
  { difference, arm, statistics }: ReportRow,
  reference: string,
  write: (value: number) => string,
  { colors }: Output,
): string {
  if (difference === null) {
    return statistics === "asTrained" && describeArm(arm) === reference ? colors.dim("reference") : "";
  }
  const text = `${difference.value > 0 ? "+" : ""}${plusMinus(difference, write)}`;
  const { interval } = difference;
  if (interval === null) return text;
  return interval.high < 0 ? colors.green(text) : interval.low > 0 ? colors.red(text) : colors.dim(text);
}

function parametersText({ arm, statistics }: ReportRow): string {
  return arm.name === undefined || statistics === "recomputed" ? "" : String(arm.parameters);
}

function epochsText({ epochsTo: { median, arrived, runs } }: ReportRow): string {
  if (runs === 0) return "";
  const middle = median === null ? "–" : String(Math.ceil(median));
  return arrived < runs ? `${middle} (${arrived}/${runs})` : middle;
}
