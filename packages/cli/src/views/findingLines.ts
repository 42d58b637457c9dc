import { type Output, printable, widthOf, wrap } from "../shell/terminal.ts";

/** What is shown of a finding, whoever found it. */
interface ShownFinding {
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
}

interface FindingLinesOptions {
  /** Of the lines; as wide as the output unless given. */
  readonly width?: number | undefined;
  /** Before every line. */
  readonly indent?: string | undefined;
}

/** A line or more for each finding: its severity, then what was found. */
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
