import type { StudyReport, StudyResult } from "evenkeel/study";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { armRows } from "./armRows.ts";
import { claimRows } from "./claimRows.ts";

/** A study on one screen: the arms and the claims in a line each. */
export function summary(result: StudyResult, report: StudyReport, output: Output): string[] {
  return [...armRows(report, result, output), ...claimRows(report, result, output)];
}

/** The answer in plain words, and the smallest effect that the study would have found. */
export function answerText({ answer, power }: StudyReport, output: Output): string {
  const { colors } = output;
  const plain = printable(answer.join(" "));
  let bold = plain.length;
  return wrap(power === null ? plain : `${plain} ${printable(power)}`, widthOf(output) - 1)
    .split("\n")
    .map((line) => {
      const part = Math.max(0, Math.min(bold, line.length));
      bold -= line.length + 1;
      return part === 0 ? line : colors.bold(line.slice(0, part)) + line.slice(part);
    })
    .join("\n");
}
