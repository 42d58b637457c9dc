import { describePlan, questionOf } from "evenkeel/study";
import type { StudyBeginning } from "../../actions/study/study.ts";
import { withoutPassword } from "../../records/queue/place.ts";
import { count } from "../../shell/figures.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { findingLines } from "../findingLines.ts";
import { questionLine } from "./planLines.ts";

interface IntroductionOptions {
  /** As it can be typed. */
  readonly folder: string;
  readonly details: boolean;
}

/**
 * The text before the first network: the question and warnings about the table; with details also
 * notes, features, plan and folder.
 */
export function introduction(
  beginning: StudyBeginning,
  { folder, details }: IntroductionOptions,
  output: Output,
): string {
  const { table, data, noticed, plan, threads, workersFrom } = beginning;
  const { colors } = output;
  if (!details) {
    const shown = noticed.filter(({ severity }) => severity !== "note");
    return `${questionLine(beginning, output)}\n${findingLines(shown, output)}`;
  }
  const width = widthOf(output);
  const { schema, picture } = data;
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => printable(name));
  const from = picture === undefined ? features.join(", ") : `${picture[1]} x ${picture[2]} pixels`;
  const item = (name: string, text: string) =>
    `${colors.bold(name.padEnd(6))}${wrap(text, width - 6).replaceAll("\n", `\n${" ".repeat(6)}`)}`;
  const question = questionOf(plan.ask).title(printable(schema.target));
  const [networks, ...stages] = describePlan(plan);
  const workers = workersFrom === undefined ? "" : `, and by the workers of ${printable(withoutPassword(workersFrom))}`;
  return `${[
    colors.bold(wrap(`${question.replace(/\?$/, "")} (${schema.task})?`, width)),
    item("Table", `${printable(table.source)}, ${count(table.rows, "row")}; predicted from ${from}`),
    item("Plan", `${networks} On ${count(threads, "thread")}${workers}.`),
    ...stages.map((stage) => item("", stage)),
    item("Into", printable(folder)),
  ].join("\n")}\n${findingLines(noticed, output)}`;
}
