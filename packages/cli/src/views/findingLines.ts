import { printable } from "../shell/printed.ts";
import { type Output, widthOf, wrap } from "../shell/terminal.ts";

/** The fields of a finding that are shown, whatever its type. */
interface ShownFinding {
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
}

interface FindingLinesOptions {
  /** The width of the lines. Default: that of the output. */
  readonly width?: number | undefined;
  /** The beginning of every line. */
  readonly indent?: string | undefined;
}

/** One or more lines for each finding: its severity, then its message. */
export function findingLines(
  findings: readonly ShownFinding[],
  output: Output,
  { width = widthOf(output), indent = "" }: FindingLinesOptions = {},
): string {
  const { colors } = output;
  const marks = { error: colors.red("error"), warning: colors.yellow("warning"), note: colors.dim("note") };
  return findings
    .map(({ severity, message }) => {
      const [first, ...rest] = wrap(printable(message), width - indent.length - 9).split("\n");
      const label = `${marks[severity]}${" ".repeat(9 - severity.length)}`;
      return [`${label}${first}`, ...rest.map((line) => " ".repeat(9) + line)]
        .map((line) => `${indent}${line}\n`)
        .join("");
    })
    .join("");
}
