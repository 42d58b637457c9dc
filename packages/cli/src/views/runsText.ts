import Table from "cli-table3";
import { type RunComparison, settingsOf } from "../actions/runs/compareRuns.ts";
import { type DamagedRun, isDamaged, type Run } from "../records/runs/readRun.ts";
import { type EpochLine, type PartScores, type RunResult, type RunStatus, runFiles } from "../records/runs/types.ts";
import { compareScores, metricFacts, scoreText } from "../shell/metrics.ts";
import { type Colors, count, printable } from "../shell/terminal.ts";

/** How `runs list`, `runs show` and `runs compare` write for people. */

type Part = "train" | "validation" | "test";

/** What a run of a task is first judged by. */
export function headlineMetric(task: string): string {
  return task === "regression" ? "mae" : "accuracy";
}

export function listText(runs: readonly (Run | DamagedRun)[], colors: Colors, metric?: string): string {
  const readable = runs.flatMap((run) => (isDamaged(run) ? [] : [run]));
  const damaged = runs.filter(isDamaged);
  const table = newTable(colors, ["run", "status", "target", "rows", "epochs", "time", "validation", "test"], 3);
  for (const run of readable) {
    const { id, status, config, result } = run;
    const name = metric ?? headlineMetric(config.task);
    const score = (part: Part) => {
      const value = result?.scores[part]?.[name];
      return value === undefined ? "" : `${metricFacts(name).short} ${scoreText(value)}`;
    };
    table.push([
      printable(id),
      statusText(status, colors),
      printable(config.target),
      config.table.rows.toLocaleString("en-US"),
      result === undefined ? "" : String(result.epochs),
      result === undefined ? "" : duration(result.seconds),
      score("validation"),
      colors.bold(score("test")),
    ]);
  }
  const sections = readable.length > 0 ? [table.toString()] : [];
  if (readable.some(({ result }) => result?.refit?.kept)) {
    sections.push(colors.dim("Validation scores of runs with a refit are from before it."));
  }
  if (damaged.length > 0) {
    const lines = damaged.map(({ id, problem }) => `  ${printable(id)}: ${printable(problem)}`);
    sections.push(
      [colors.yellow(`${count(damaged.length, "folder")} that cannot be read as a run:`), ...lines].join("\n"),
    );
  }
  return `${sections.join("\n\n")}\n`;
}

export function showText(run: Run, epochs: readonly EpochLine[], files: readonly string[], colors: Colors): string {
  const { id, path, status, config, result } = run;
  const sections = [
    `${colors.bold(printable(id))}  ${statusText(status, colors)}\n` +
      `${printable(config.target)} (${config.task}) from ${printable(config.table.source)}, ${count(config.table.rows, "row")}\n` +
      `started ${config.started}, ${epochsText(run, epochs)}`,
  ];
  if (result?.error !== undefined) sections.push(colors.red(printable(result.error)));
  const refit = result?.refit?.kept;
  if (result !== undefined) sections.push(scoresText(result.scores, result.baselines, colors, { refit }));
  if (result?.batchNorm !== undefined) {
    const { asTrained, recomputed, kept } = result.batchNorm;
    sections.push(
      `${colors.bold("Batch normalization")}: the model has its statistics ${kept === "asTrained" ? "as trained" : kept}.\n` +
        scoresText(asTrained, { recomputed }, colors, { name: "as trained" }),
    );
  }
  const findings = result?.findings ?? [];
  if (findings.length > 0) {
    const lines = findings.map(({ severity, message }) => `  ${severity}: ${printable(message)}`);
    sections.push([colors.bold("What was found"), ...lines].join("\n"));
  }
  const settings = [...settingsOf(config)].map(([name, value]): [string, string] => [name, settingText(value)]);
  sections.push([colors.bold("Settings"), ...aligned(settings)].join("\n"));
  const described = Object.entries(runFiles).map(([kind, name]): [string, string] => [
    name,
    fileUses[kind as keyof typeof runFiles],
  ]);
  const events = files
    .filter((name) => name.startsWith("events.out.tfevents."))
    .map((name): [string, string] => [name, "for TensorBoard"]);
  const present = [...described.filter(([name]) => files.includes(name)), ...events];
  sections.push([`${colors.bold("Files")} in ${printable(path)}`, ...aligned(present)].join("\n"));
  return `${sections.join("\n\n")}\n`;
}

const fileUses: Readonly<Record<keyof typeof runFiles, string>> = {
  config: "what was decided before the first epoch",
  metrics: "a line for each epoch",
  model: "the model: schema, preprocessing and weights",
  checkpoint: "to go on from",
  report: "to read in a browser, or to print",
  result: "how it ended",
};

export function compareText({ runs, settings, scores, cautions }: RunComparison, colors: Colors): string {
  const ids = runs.map(({ id }) => printable(id));
  const sections: string[] = [];
  if (settings.length > 0) {
    const table = newTable(colors, ["setting", ...ids]);
    for (const { name, values } of settings) table.push([printable(name), ...values.map(settingText)]);
    sections.push(table.toString());
  } else {
    sections.push(`All settings of ${ids.join(", ")} are the same.`);
  }
  if (scores.length > 0) {
    const table = newTable(colors, ["score (* best)", ...ids]);
    for (const { name, values, best } of scores) {
      const cells = values.map((value, run) => {
        const text = value === undefined ? "" : scoreText(value);
        return best.includes(run) ? `* ${colors.bold(colors.green(text))}` : text;
      });
      table.push([printable(name), ...cells]);
    }
    sections.push(table.toString());
  }
  if (cautions.length > 0) sections.push(cautions.map((line) => colors.yellow(printable(line))).join("\n"));
  return `${sections.join("\n\n")}\n`;
}

/** Sorts by a metric such as "mae" (of the validation rows) or "test.mae", the best first; runs without it come last. */
export function sortRuns(runs: readonly (Run | DamagedRun)[], metric: string): (Run | DamagedRun)[] {
  const dot = metric.indexOf(".");
  const [part, name] = dot < 0 ? ["validation", metric] : [metric.slice(0, dot), metric.slice(dot + 1)];
  const score = (run: Run | DamagedRun) => (isDamaged(run) ? undefined : run.result?.scores[part as Part]?.[name]);
  return [...runs].sort((a, b) => compareScores(name, score(a), score(b)));
}

export function scoresText(
  scores: PartScores,
  others: Readonly<Record<string, PartScores>>,
  colors: Colors,
  { name = "this network", refit = false }: { readonly name?: string; readonly refit?: boolean } = {},
): string {
  const metrics = Object.keys(scores.test ?? scores.validation ?? scores.train ?? {});
  const table = newTable(colors, ["scores", ...metrics.map((metric) => metricFacts(metric).short)]);
  const line = (label: string, values: Readonly<Record<string, number>> = {}) =>
    [label, ...metrics.map((metric) => (metric in values ? scoreText(values[metric]) : ""))] as string[];
  for (const part of ["test", "validation", "train"] as const) {
    const own = refit && part === "validation" ? `${name} before the refit` : name;
    if (scores[part] !== undefined) table.push(line(`${part}: ${own}`, scores[part]));
    for (const [other, theirs] of Object.entries(others)) {
      if (theirs[part] !== undefined) table.push(line(`${part}: ${printable(other)}`, theirs[part]));
    }
  }
  return table.toString();
}

function epochsText({ result }: Run, epochs: readonly EpochLine[]): string {
  const done = result?.epochs ?? epochs.filter(({ stage }) => stage === undefined).length;
  const best = result?.refit
    ? refitText(result.refit)
    : result?.bestEpoch === undefined
      ? ""
      : `, the best is ${result.bestEpoch}`;
  const seconds = result?.seconds ?? epochs.at(-1)?.seconds;
  return `${count(done, "epoch")}${best}${seconds === undefined ? "" : `, ${duration(seconds)}`}`;
}

function refitText({ rows, epochs, kept, error }: NonNullable<RunResult["refit"]>): string {
  if (kept) return `, then a refit on ${rows.toLocaleString("en-US")} rows, whose weights it has`;
  return `, then ${count(epochs, "epoch")} of a refit, which ${error === undefined ? "was interrupted" : "failed"}`;
}

function statusText(status: RunStatus, colors: Colors): string {
  const color = { finished: colors.green, running: colors.cyan, interrupted: colors.yellow, failed: colors.red }[
    status
  ];
  return color(status);
}

function settingText(value: unknown): string {
  if (value === undefined) return "";
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

/** "8.2 s", "3 min 12 s", "2 h 5 min" */
export function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return "";
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}

/** A table with a rule under its head and no other lines; the first columns are text, the others figures. */
export function newTable(colors: Colors, head: readonly string[], textColumns = 1) {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", right: "" };
  const bottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };
  return new Table({
    head: head.map((cell) => colors.bold(cell)),
    colAligns: head.map((_, index) => (index < textColumns ? "left" : "right")),
    chars: { ...none, ...bottom, "left-mid": "", mid: "─", "mid-mid": "──", "right-mid": "", middle: "  " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
}
