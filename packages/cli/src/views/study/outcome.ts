import type { StudyPlan } from "evenkeel/study";
import { resumeCommand, type Studied } from "../../actions/study/study.ts";
import { count, duration } from "../../shell/figures.ts";
import { type Output, wrap } from "../../shell/terminal.ts";
import { studyText } from "./text.ts";

interface OutcomeOptions {
  /** Shortens a path so that it can be typed. */
  readonly shorten: (path: string) => string;
}

/**
 * The text at the end: answer, arms and claims, the files that were written, and how to continue.
 */
export function outcomeText(studied: Studied, { shorten }: OutcomeOptions, output: Output): string {
  const { study, plan, report, concluded, complete, trials, trained, threads, seconds } = studied;
  const answer = concluded && studyText(concluded.result, concluded.report, output);
  const ending = complete
    ? `Trained ${count(trained, "network")} in ${duration(seconds)} on ${count(threads, "thread")}.`
    : interruption(plan, trials.length, concluded?.result.plan.seeds.length ?? 0, seconds);
  const result = concluded && study.file("result.json");
  const written = [report, result, study.file("trials.jsonl")].filter((path) => path !== undefined);
  const lines = [
    ...(answer === undefined ? [] : [answer]),
    ending,
    ...written.map((path, i) => `${i === 0 ? "Wrote" : "     "} ${shorten(path)}`),
    ...(complete ? [] : [`Resume with: ${resumeCommand(shorten(study.path))}`]),
  ];
  return `${lines.join("\n")}\n`;
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
  return wrap(`Interrupted after ${duration(seconds)}: ${count(trained, "network")} kept; ${said}.`, 80);
}
