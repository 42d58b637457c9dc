import type { Claim, StudyReport } from "evenkeel/study";
import { printable } from "../../shell/printed.ts";
import { type Colors, type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { isHeldInPart } from "./isHeldInPart.ts";

const indent = " ".repeat(15);

const legend =
  "Each figure is judged by the interval beside it. held: all of it is at least the smallest effect of interest; did not hold: it leaves out every such effect. A " +
  "claim holds if one figure or more held and none was refuted (in part: others are open); it does not if any was refuted. " +
  "The rule of each claim is in the report.";

/** The claims with their verdicts, by words and a sign, with the figures below each. */
export function claimsText({ claims }: StudyReport, output: Output): string[] {
  const { colors } = output;
  const width = widthOf(output);
  const lines = claims.flatMap((one, i) => {
    const { claim, sentence } = one;
    const [first, ...rest] = wrap(`${i + 1}. ${printable(claim)}`, width - indent.length, "   ").split("\n");
    return [
      `${verdictText(one, colors)}${colors.bold(first)}`,
      ...rest.map((line) => indent + colors.bold(line)),
      ...wrap(printable(sentence), width - indent.length - 3)
        .split("\n")
        .map((line) => `${indent}   ${line}`),
    ];
  });
  return [...lines, colors.dim(wrap(legend, width))];
}

function verdictText(claim: Claim, colors: Colors): string {
  const [text, color] = {
    held: [isHeldInPart(claim) ? "✓ held in part" : "✓ held", colors.green] as const,
    "not held": ["✗ not held", colors.red] as const,
    undecided: ["≈ undecided", colors.yellow] as const,
  }[claim.verdict];
  return `${color(text)}${" ".repeat(indent.length - text.length)}`;
}
