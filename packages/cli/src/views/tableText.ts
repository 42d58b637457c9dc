import type { TableInspection } from "../actions/inspect/inspectTable.ts";
import { count, percentage, valueText, wholeText } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { type Output, wrap } from "../shell/terminal.ts";
import type { ColumnSummary } from "../tables/summary.ts";
import { findingLines } from "./findingLines.ts";
import { fixedTable } from "./table.ts";

const width = 80;

/** The findings about a table, in 80 columns. */
export function tableText(inspection: TableInspection, output: Output): string {
  const { source, rows, target, task, columns, findings } = inspection;
  const { colors } = output;
  const predicted = target === undefined ? "" : `, to predict ${printable(target)} (${task})`;
  const head = wrap(
    `${printable(source)}: ${wholeText(rows)} ${rows === 1 ? "row" : "rows"}, ${count(columns.length, "column")}${predicted}`,
    width,
  );
  const lines = columns.map((column) => {
    const { name, kind, use, missing } = column;
    const label = use === "target" ? colors.bold(printable(name)) : printable(name);
    const meaning = use === "ignored" ? colors.dim(`${kind}, ignored`) : use === "target" ? `${kind}, target` : kind;
    return [label, meaning, values(column), missing === 0 ? "" : percentage(missing, rows)];
  });
  const heads = ["column", "kind", "values", "missing"];
  const table = fixedTable(colors, heads, [22, 17, 28, 7], lines, { figures: 1 });
  const found = findings.length === 0 ? "" : `\n${findingLines(findings, output, { width })}`;
  return `${colors.bold(head)}\n\n${table}\n${found}`;
}

function values({ lowest, highest, mean, distinct, most = [] }: ColumnSummary): string {
  if (typeof lowest === "number")
    return `${valueText(lowest)} to ${valueText(Number(highest))}, mean ${valueText(mean!)}`;
  if (lowest !== undefined)
    return lowest === highest ? printable(lowest) : `${lowest.slice(0, 10)} to ${String(highest).slice(0, 10)}`;
  if (distinct === undefined || distinct === 0) return "none";
  return `${distinct}: ${most.map(({ value, rows }) => `${printable(value)} ${rows}`).join(", ")}`;
}
