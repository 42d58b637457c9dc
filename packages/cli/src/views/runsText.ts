import { type RunComparison, settingsOf } from "../actions/runs/compareRuns.ts";
import type { RunDetails, RunList } from "../actions/runs/runs.ts";
import { isDamaged, type Run } from "../records/runs/readRun.ts";
import { type EpochLine, type RunResult, type RunStatus, runFiles } from "../records/runs/types.ts";
import type { StudyRecord } from "../records/studies/listStudies.ts";
import { count, duration, scoreText, wholeText } from "../shell/figures.ts";
import { headlineMetric, metricFacts } from "../shell/metrics.ts";
import { printable } from "../shell/printed.ts";
import type { Colors } from "../shell/terminal.ts";
import { scoresText } from "./scoresText.ts";
import { newTable } from "./table.ts";

/** The texts of `runs list`, `runs show` and `runs compare` for people. */

type Part = "train" | "validation" | "test";

/** @param folder as the user names it */
export function listText({ runs, total, metric, studies }: RunList, folder: string, colors: Colors): string {
  if (total === 0 && studies.length === 0) return `There are no runs in ${folder} yet.\n`;
  const readable = runs.flatMap((run) => (isDamaged(run) ? [] : [run]));
  const damaged = [...runs, ...studies].filter((one) => "problem" in one);
  const table = newTable(colors, ["run", "status", "target", "rows", "epochs", "time", "validation", "test"], 3);
  for (const run of readable) {
    const { id, status, config, result } = run;
    const name = metric ?? headlineMetric(config.task);
    const score = (part: Part) => {
      const value = result?.scores[part]?.[name];
      return value === undefined ? "" : `${printable(metricFacts(name).short)} ${scoreText(value)}`;
    };
    table.push([
      printable(id),
      statusText(status, colors),
      printable(config.target),
      wholeText(config.table.rows),
      result === undefined ? "" : isOfTrees(run) ? count(result.epochs, "round") : String(result.epochs),
      result === undefined ? "" : duration(result.seconds),
      score("validation"),
      colors.bold(score("test")),
    ]);
  }
  const sections = readable.length > 0 ? [table.toString()] : [];
  if (readable.some(({ result }) => result?.refit?.kept)) {
    sections.push(colors.dim("Validation scores of runs with a refit are from before it."));
  }
  const known = studies.flatMap((study) => ("problem" in study ? [] : [study]));
  if (known.length > 0) sections.push(studiesTable(known, colors));
  if (damaged.length > 0) {
    const lines = damaged.map(({ id, problem }) => `  ${printable(id)}: ${printable(problem)}`);
    sections.push(
      [colors.yellow(`${count(damaged.length, "folder")} that cannot be read as a run:`), ...lines].join("\n"),
    );
  }
  return `${sections.join("\n\n")}\n`;
}

function studiesTable(studies: readonly StudyRecord[], colors: Colors): string {
  const table = newTable(colors, ["study", "status", "question", "target", "rows", "networks"], 4);
  for (const { id, status, networks, config } of studies) {
    const { options, schema } = config;
    table.push([
      printable(id),
      statusText(status, colors),
      printable(options.ask ?? "normalization"),
      printable(schema.target),
      wholeText(config.table.rows),
      wholeText(networks),
    ]);
  }
  return table.toString();
}

/** All fields, for programs. */
export function detailsJson({ run, epochs }: RunDetails) {
  return { ...run, epochs };
}

export function detailsText({ run, epochs, files }: RunDetails, colors: Colors): string {
  const { id, path, status, config, result } = run;
  const sections = [
    `${colors.bold(printable(id))}  ${statusText(status, colors)}\n` +
      `${printable(config.target)} (${config.task}) from ${printable(config.table.source)}, ${count(config.table.rows, "row")}\n` +
      `started ${config.started}, ${epochsText(run, epochs)}`,
  ];
  if (result?.error !== undefined) sections.push(colors.red(printable(result.error)));
  const refit = result?.refit?.kept;
  if (result !== undefined)
    sections.push(
      scoresText(result.scores, result.baselines, colors, { refit, ...(isOfTrees(run) && { name: "the trees" }) }),
    );
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
  const settings = [...settingsOf(config)].map(([name, value]): [string, string] => [
    printable(name),
    settingText(value),
  ]);
  sections.push([colors.bold("Settings"), ...aligned(settings)].join("\n"));
  const described = Object.entries(runFiles).map(([kind, name]): [string, string] => [
    name,
    fileUses[kind as keyof typeof runFiles],
  ]);
  const events = files
    .filter((name) => name.startsWith("events.out.tfevents."))
    .map((name): [string, string] => [printable(name), "for TensorBoard"]);
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
  outOfFold: "every row with the prediction of the training that had not seen it",
  result: "how it ended",
};

/** All fields, for programs. */
export function comparisonJson(comparison: RunComparison) {
  return { ...comparison, runs: comparison.runs.map(({ id }) => id) };
}

export function comparisonText({ runs, settings, scores, cautions }: RunComparison, colors: Colors): string {
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

/** Whether boosted trees were trained, whose rounds are counted as epochs. */
const isOfTrees = ({ config }: Run): boolean => config.settings.model === "trees";

function epochsText(run: Run, epochs: readonly EpochLine[]): string {
  const { result } = run;
  const done = result?.epochs ?? epochs.filter(({ stage }) => stage === undefined).length;
  const best = result?.refit
    ? refitText(result.refit, isOfTrees(run))
    : result?.bestEpoch === undefined
      ? ""
      : `, the best is ${result.bestEpoch}`;
  const seconds = result?.seconds ?? epochs.at(-1)?.seconds;
  return `${count(done, isOfTrees(run) ? "round" : "epoch")}${best}${seconds === undefined ? "" : `, ${duration(seconds)}`}`;
}

function refitText({ rows, epochs, kept, error }: NonNullable<RunResult["refit"]>, ofTrees: boolean): string {
  if (kept) return `, then a refit on ${wholeText(rows)} rows, whose ${ofTrees ? "trees" : "weights"} it has`;
  return `, then ${count(epochs, ofTrees ? "round" : "epoch")} of a refit, which ${error === undefined ? "was interrupted" : "failed"}`;
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

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}
