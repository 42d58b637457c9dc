import { plural } from "../../core/index.ts";
import { inspect } from "../print/print.ts";

/** The rules of the check; docs/10-batch-normalization.md explains the number of each. */
export type BatchNormRule =
  | "bias-before-norm"
  | "constant-channel"
  | "decay-before-norm"
  | "decay-on-norm"
  | "dropout-before-norm"
  | "eps-matters"
  | "frozen-but-training"
  | "lone-row"
  | "momentum-fast"
  | "momentum-slow"
  | "norm-behind-activation"
  | "rare-channel"
  | "small-batch"
  | "stale-statistics";

/** A finding about the batch normalization of a model. */
export interface BatchNormFinding {
  readonly rule: BatchNormRule;
  /** An error is always a fault; a warning is probably a mistake; a note is worth knowing. */
  readonly severity: "error" | "warning" | "note";
  /** The path of the BatchNorm. */
  readonly module: string;
  /** The number behind the reason. */
  readonly number: number;
  readonly reason: string;
  readonly cure: string;
}

/**
 * How the ops before a BatchNorm were found: by running the model, by the order in its Sequential,
 * or not at all, in a custom network that was not run.
 */
export type OrderSource = "traced" | "sequential" | "unknown";

/** The result of `nn.checkBatchNorm`. Prints as a list. */
export class BatchNormReport {
  /** The worst first, in the order of the modules. */
  readonly findings: readonly BatchNormFinding[];
  /** The BatchNorm layers of the model by path, and how the ops before each were found. */
  readonly order: Readonly<Record<string, OrderSource>>;
  /** The number of rows that were checked. */
  readonly rows: number;

  constructor(findings: readonly BatchNormFinding[], order: Readonly<Record<string, OrderSource>>, rows: number) {
    const severities = ["error", "warning", "note"];
    const rank = ({ severity }: BatchNormFinding) => severities.indexOf(severity);
    this.findings = [...findings].sort((a, b) => rank(a) - rank(b));
    this.order = order;
    this.rows = rows;
  }

  toString(): string {
    const paths = Object.keys(this.order);
    if (paths.length === 0) return "There is no batch normalization in the model.";
    const found = this.findings.length === 0 ? "nothing to complain of" : plural(this.findings.length, "finding");
    const data = this.rows === 0 ? "" : `, ${plural(this.rows, "row")} looked at`;
    const unknown = paths.filter((path) => this.order[path] === "unknown");
    const blind = `What stands before ${unknown.map(named).join(", ")} is not known: give { input } or { loader }.`;
    return [
      `${plural(paths.length, "BatchNorm layer")}${data}: ${found}`,
      ...this.findings.map(
        ({ rule, severity, module, reason, cure }) => `${severity} ${rule}, ${named(module)}: ${reason}\n  ${cure}`,
      ),
      ...(unknown.length === 0 ? [] : [blind]),
    ].join("\n");
  }

  [inspect](): string {
    return this.toString();
  }
}

/** A module in a sentence. */
function named(path: string): string {
  return path === "" ? "the model" : `"${path}"`;
}

/** Three digits: 1.63, 316, 7e-10. */
export function figure(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (!Number.isFinite(value) || value === 0) return String(value);
  return Math.abs(rounded) >= 1e6 || Math.abs(rounded) < 1e-3
    ? value.toExponential(1).replace(/\.0e/, "e").replace("e+", "e")
    : String(rounded);
}

export function percent(share: number): string {
  return `${figure(100 * share)}%`;
}
