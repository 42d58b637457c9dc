import type { StudyPlan } from "evenkeel/study";
import { resumeCommand, type Studied } from "../../actions/study/study.ts";
import { trainCommand } from "../../actions/study/trainCommand.ts";
import { withoutPassword } from "../../records/queue/place.ts";
import { displayWidth } from "../../shell/displayWidth.ts";
import { count, duration } from "../../shell/figures.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { detailsText } from "./detailsText.ts";
import { answerText, summary } from "./summary.ts";

interface OutcomeOptions {
  /** Shortens a path so that it can be typed. */
  readonly shorten: (path: string) => string;
  /** Whether all is shown that the report has, and not one screen of it. */
  readonly details: boolean;
}

/** The lines of a small terminal, less those of question and plan. */
const screen = 24 - 2;

/**
 * The text at the end: arms and claims, then the answer, and the files that were written. After an
 * interrupt also how to go on.
 */
export function outcomeText(studied: Studied, { shorten, details }: OutcomeOptions, output: Output): string {
  const { concluded, complete, study } = studied;
  const ending = endingLines(studied, shorten, details, output);
  const command = complete ? trainCommand(studied) : undefined;
  if (command !== undefined) ending.unshift(...commandLines("Train it:", command, widthOf(output) - 1));
  if (!complete) ending.push(`Resume with: ${resumeCommand(shorten(study.path), studied.workersFrom)}`);
  if (concluded === undefined) return `${ending.join("\n")}\n`;
  const { result, report } = concluded;
  const evidence = details ? ["", detailsText(result, report, output)] : summary(result, report, output);
  const answer = answerText(report, output).split("\n");
  const isTight = !details && evidence.length + answer.length + ending.length >= screen;
  return `${[...evidence, ...(isTight ? [] : [""]), ...answer, ...ending].join("\n")}\n`;
}

/**
 * A command that can be copied: one that is wider than the terminal continues on further lines, with
 * the sign by which a shell knows that. Where there is no such sign for all shells, the terminal
 * breaks it.
 */
function commandLines(before: string, words: readonly string[], width: number): string[] {
  const command = words.join(" ");
  const whole = `${before} ${command}`;
  if (displayWidth(whole) <= width || process.platform === "win32") return [whole];
  // The screen has a line for it, not two.
  if (displayWidth(command) <= width) return [command];
  const lines = [before];
  for (const [i, word] of words.entries()) {
    // A flag is not parted from its value.
    const value = i > 0 && words[i - 1].startsWith("-") && !word.startsWith("-");
    const next = words.at(i + 1);
    const together = word.startsWith("-") && next !== undefined && !next.startsWith("-") ? `${word} ${next}` : word;
    const last = lines[lines.length - 1];
    const fits = displayWidth(`${last} ${together}`) + 2 <= width;
    if (value || fits) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}

/** How much was trained, and where all of it is. A path is never broken. */
function endingLines(
  { study, plan, report, concluded, complete, trials, trained, threads, workersFrom, seconds }: Studied,
  shorten: OutcomeOptions["shorten"],
  details: boolean,
  output: Output,
): string[] {
  const width = widthOf(output) - 1;
  const trainedBy =
    workersFrom === undefined
      ? `on ${count(threads, "thread")}`
      : `by the workers of ${printable(withoutPassword(workersFrom))}`;
  const ended = complete
    ? `${count(trained, "network")} in ${duration(seconds)} ${trainedBy}.`
    : interruption(plan, trials.length, concluded?.result.plan.seeds.length ?? 0, seconds);
  const result = concluded && study.file("result.json");
  const written = [report, result, study.file("trials.jsonl")].filter((path) => path !== undefined);
  if (details) {
    return [wrap(ended, width), ...written.map((path, i) => `${i === 0 ? "Wrote" : "     "} ${shorten(path)}`)];
  }
  const where = `${report === undefined ? "Written to" : "Report:"} ${shorten(written[0])}`;
  const now = trained === 0 ? "all trained before" : `in ${duration(seconds)}`;
  const short = complete ? `${count(trained || trials.length, "network")}${trained === 0 ? "," : ""} ${now}.` : ended;
  return complete && short.length + where.length < width ? [`${short} ${where}`] : [wrap(short, width), where];
}

/** For programs. */
export function studiedJson({ study, plan, complete, seconds, concluded }: Studied) {
  return {
    study: study.id,
    ask: plan.ask,
    path: study.path,
    status: complete ? "finished" : "interrupted",
    seconds,
    verdict: concluded?.result.headline.verdict,
    report: concluded?.report,
  };
}

function interruption({ seeds }: StudyPlan, trained: number, whole: number, seconds: number): string {
  const all = count(seeds.length, "seed");
  const said =
    whole === 0
      ? `none of ${all} is complete yet, so there is nothing to conclude`
      : `${whole} of ${all} are complete, and reported on`;
  return `Interrupted after ${duration(seconds)}: ${count(trained, "network")} kept; ${said}.`;
}
