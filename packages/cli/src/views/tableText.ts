import type { TableInspection } from "../actions/inspect/inspectTable.ts";
import { count, type Output, printable, wrap } from "../shell/terminal.ts";
import type { ColumnSummary } from "../tables/summary.ts";
import { findingLines } from "./findingLines.ts";
import { fixedTable } from "./table.ts";

const width = 80;

/** What was found out about a table, in 80 columns. */
export function tableText(inspection: TableInspection, output: Output): string {
  const { source, rows, target, task, columns, findings } = inspection;
  const { colors } = output;
  const predicted = target === undefined ? "" : `, to predict ${printable(target)} (${task})`;
  const head = wrap(
    `${printable(source)}: ${rows.toLocaleString("en")} rows, ${count(columns.length, "column")}${predicted}`,
    width,
  );
  const table = fixedTable(colors, ["column", "kind", "values", "missing"], [22, 17, 28, 7], { figures: 1 });
  for (const column of columns) {
    const { name, kind, use, missing } = column;
    const label = use === "target" ? colors.bold(printable(name)) : printable(name);
    const meaning = use === "ignored" ? colors.dim(`${kind}, ignored`) : use === "target" ? `${kind}, target` : kind;
    table.push([label, meaning, values(column), missing === 0 ? "" : percentage(missing, rows)]);
  }
  const found = findings.length === 0 ? "" : `\n${findingLines(findings, output, { width })}`;
  return `${colors.bold(head)}\n\n${table.toString()}\n${found}`;
}

function values({ lowest, highest, mean, distinct, most = [] }: ColumnSummary): string {
  if (typeof lowest === "number") return `${short(lowest)} to ${short(Number(highest))}, mean ${short(mean!)}`;
  if (lowest !== undefined)
    return lowest === highest ? lowest : `${lowest.slice(0, 10)} to ${String(highest).slice(0, 10)}`;
  if (distinct === undefined || distinct === 0) return "none";
  return `${distinct}: ${most.map(({ value, rows }) => `${printable(value)} ${rows}`).join(", ")}`;
}

/** Four digits are enough to look at: 23.51, 4.4e7. */
function short(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) < 1e6)
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  return value.toExponential(3).replace(/\.?0*e\+/, "e");
}

function percentage(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return percent < 0.1 ? "<0.1%" : `${percent.toFixed(1)}%`;
}
