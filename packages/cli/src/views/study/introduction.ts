import { describePlan, questionOf, type StudyData, type StudyPlan } from "evenkeel/study";
import type { RunFinding } from "../../records/runs/types.ts";
import { count, type Output, printable, widthOf, wrap } from "../../shell/terminal.ts";
import type { TableRead } from "../../tables/index.ts";

interface Beginning {
  readonly table: TableRead;
  readonly data: StudyData;
  readonly findings: readonly Pick<RunFinding, "severity" | "message">[];
  readonly plan: StudyPlan;
  readonly threads: number;
  readonly folder: string;
}

/** What is said before the first network: what is predicted from what, what was noticed, what is trained, where it goes. */
export function introduction({ table, data, findings, plan, threads, folder }: Beginning, output: Output): string {
  const { colors } = output;
  const width = widthOf(output);
  const { schema, picture } = data;
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => printable(name));
  const from = picture === undefined ? features.join(", ") : `${picture[1]} x ${picture[2]} pixels`;
  const item = (name: string, text: string) =>
    `${colors.bold(name.padEnd(6))}${wrap(text, width - 6).replaceAll("\n", `\n${" ".repeat(6)}`)}`;
  const question = questionOf(plan.ask).title(printable(schema.target));
  const [networks, ...stages] = describePlan(plan);
  return `${[
    colors.bold(`${question.replace(/\?$/, "")} (${schema.task})?`),
    item("Table", `${printable(table.source)}, ${count(table.rows, "row")}; predicted from ${from}`),
    item("Plan", `${networks} On ${count(threads, "thread")}.`),
    ...stages.map((stage) => item("", stage)),
    item("Into", printable(folder)),
  ].join("\n")}\n${findingLines(findings, output)}\n`;
}

/** A line or more for each. */
export function findingLines(findings: Beginning["findings"], output: Output): string {
  const { colors } = output;
  const marks = { error: colors.red("error"), warning: colors.yellow("warning"), note: colors.dim("note") };
  return findings
    .map(({ severity, message }) => {
      const [first, ...rest] = wrap(printable(message), widthOf(output) - 11).split("\n");
      const label = `${marks[severity]}${" ".repeat(9 - severity.length)}`;
      return `${[`${label}${first}`, ...rest.map((line) => " ".repeat(9) + line)].join("\n")}\n`;
    })
    .join("");
}
