import type { Finding } from "evenkeel/tabular";
import type { Break } from "../state/breaks.ts";
import type { Side } from "../state/setup.ts";
import type { LintFinding } from "../training/lint.ts";
import type { Recomputed } from "../training/recompute.ts";
import { constantColumn } from "../training/rows.ts";

/** A sentence beside a button, and who says it. */
export interface Said {
  readonly by: string;
  readonly text: string;
  readonly cure?: string;
}

/** What names a broken set-up: the linter, the check of the table, or the panel itself. */
export function saidOf(
  { rule, code, unnamed }: Break,
  lint: Readonly<Record<Side, readonly LintFinding[]>>,
  findings: readonly Finding[],
): Said {
  for (const side of ["right", "left"] as const) {
    const found = rule && lint[side].find((finding) => finding.rule === rule);
    if (found) {
      const by = `The linter, ${found.severity} ${found.rule}, ${side} network, ${found.module}`;
      return { by, text: asSentence(found.reason), cure: asSentence(found.cure) };
    }
  }
  const found = code && findings.find((finding) => finding.code === code && finding.column === constantColumn);
  if (found) return { by: `The check of the table, ${found.severity} ${found.code}`, text: asSentence(found.message) };
  return { by: "", text: unnamed };
}

/** What recomputing did to the error of a side. */
export function recomputedInWords(side: Side, { step, rows, before, after }: Recomputed, isRate: boolean): string {
  const figure = (error: number) => (isRate ? `${(100 * error).toFixed(1)}%` : error.toPrecision(3));
  const change = Math.abs(after / before - 1) < 0.005 ? "as before" : after < before ? "lower" : "higher";
  return (
    `${side === "left" ? "Left" : "Right"}, step ${step.toLocaleString("en-US")}: held-out error in eval mode ` +
    `${figure(before)} with the running statistics, ${figure(after)} with those of all ${rows.toLocaleString("en-US")} training rows: ${change}.`
  );
}

/** Messages of the library begin with a small letter and have no full stop. */
function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
