import { questionOf, type StudyReport, type StudyResult } from "evenkeel/study";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { armsText } from "./armsText.ts";
import { claimsText } from "./claimsText.ts";
import { curvesText } from "./curvesText.ts";

/** All that the report of a study says, but for its plain answer. */
export function detailsText(result: StudyResult, report: StudyReport, output: Output): string {
  const { colors } = output;
  const width = widthOf(output);
  const stale = result.headline.stale.length;
  const answers = report.headline.slice(0, report.headline.length - stale);
  const diagnoses = stale === 0 ? [] : report.headline.slice(-stale);
  const paragraph = (text: string) => wrap(printable(text), width);
  const item = (text: string) => wrap(`- ${printable(text)}`, width, "  ");
  const [answer, ...more] = answers;
  const sections = [
    [colors.bold(paragraph(answer)), ...more.map(paragraph)],
    [
      colors.bold(`The arms: errors on the test rows (${printable(report.metric)})`),
      armsText(report, result.plan, output),
    ],
    [colors.bold(questionOf(result.plan.ask).claimsTitle), ...claimsText(report, output)],
    curvesText(result, output),
    diagnoses.length === 0 ? [] : [colors.bold("Are the running statistics stale?"), ...diagnoses.map(item)],
    [colors.bold("What to know when reading this, and what one table cannot show"), ...report.notes.map(item)],
  ];
  const text = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n");
  // Tables and charts pad their lines to one width.
  return text.replaceAll(/ +$/gm, "");
}
