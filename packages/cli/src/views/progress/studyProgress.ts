import type { StudyEvent, StudyPlan } from "evenkeel/study";
import type { WorkerShown } from "../../actions/study/queue/studyQueue.ts";
import { cutToWidth, displayWidth, padToWidth } from "../../shell/displayWidth.ts";
import { count, scoreText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { signsOf } from "../signs.ts";
import { shortArmName } from "../study/armName.ts";
import { LiveRows } from "./liveRows.ts";
import { type ArmState, StudyState } from "./studyState.ts";
import { Attendance, workersText } from "./workersText.ts";

/** Shows the progress of a study. */
export interface StudyProgress {
  readonly update: (event: StudyEvent) => void;
  /** The workers of other processes, when there is a queue. */
  readonly workers: (workers: readonly WorkerShown[]) => void;
  /** A line that stays. */
  readonly note: (line: string) => void;
  /**
   * Writes the last state. On a terminal the plan alone stays when the study is complete: the
   * results follow. After an interrupt all rows stay.
   */
  readonly stop: () => void;
}

export interface StudyProgressOptions {
  readonly plan: StudyPlan;
  /** How many networks are trained at the same time. */
  readonly threads: number;
  /** Lines about the plan, given the seconds that it takes once they are known. */
  readonly planLines: (seconds: number | undefined) => readonly string[];
}

/**
 * On a terminal, a bar for the whole study and one for each arm; elsewhere a line every ten
 * seconds.
 */
export function studyProgress(output: Output, { plan, threads, planLines }: StudyProgressOptions): StudyProgress {
  const state = new StudyState(plan, threads);
  return output.terminal === undefined
    ? lines(output, state, planLines)
    : bars(output, output.terminal, state, planLines);
}

/** Milliseconds between two drawings, and between two lines where nothing is drawn. */
const redrawn = 100;
const told = 10_000;

function bars(
  output: Output,
  terminal: NodeJS.WritableStream,
  state: StudyState,
  planLines: StudyProgressOptions["planLines"],
): StudyProgress {
  const { colors } = output;
  const signs = signsOf(output);
  const live = new LiveRows(terminal);
  const perArm = state.plan.lrs.length * state.plan.seeds.length;
  const short = metricFacts(state.plan.settings.metric).short;
  let estimate: number | undefined;
  const bar = (share: number, length: number) => {
    const done = Math.round(Math.min(1, share) * length);
    return signs.done.repeat(done) + signs.toDo.repeat(length - done);
  };
  const overall = (width: number) => {
    const text = [`${state.total}/${state.all} networks`, state.leftText].filter((part) => part !== "").join("  ");
    const room = width - text.length - 2;
    if (room < 6) return cutToWidth(text, width, signs.cut);
    const length = Math.min(24, room);
    const rest = room - length - 2;
    // "stage 2 of 2" where there is no room for what that is.
    const told = [state.stageText, state.stageText.replace(/:.*/, "")].find((text) => text.length <= rest);
    const stage = told === undefined ? "" : `  ${colors.dim(told)}`;
    return `${colors.cyan(bar(state.total / state.all, length))}  ${text}${stage}`;
  };
  const names = state.arms.map(({ arm }) => shortArmName(arm));
  const armRow = ({ done, best }: ArmState, name: string, width: number) => {
    const what = width < 60 ? short : `validation ${short}`;
    const found = best === undefined ? "" : `${what} ${scoreText(best.mean)} at ${best.lr}`;
    // Room for the longest figures, so that all bars have the same length.
    const figures = `${what} 0.0000 at 0.0003`.length;
    const nameWidth = Math.min(Math.max(...names.map(displayWidth)), Math.max(12, width - figures - 2));
    const room = width - nameWidth - figures - 4;
    const drawn = room < 4 ? "" : `  ${colors.dim(bar(done / perArm, Math.min(12, room)))}`;
    const used = nameWidth + (room < 4 ? 0 : Math.min(12, room) + 2);
    const fits = found.length + 2 <= width - used ? `  ${found}` : "";
    return `${padToWidth(cutToWidth(name, nameWidth, signs.cut), nameWidth)}${drawn}${fits}`.trimEnd();
  };
  const rows = () => {
    // One column stays free, because some terminals would wrap the line.
    const width = Math.min(live.columns, 120) - 1;
    const plan = planLines(estimate);
    const room = Math.max(0, live.rows - plan.length - 2);
    const others = there === undefined ? [] : [cutToWidth(workersText(there), width, signs.cut)];
    const arms = state.arms.map((arm, i) => armRow(arm, names[i], width));
    return [...plan, overall(width), ...others, ...arms.slice(0, room - others.length)];
  };
  let there: readonly WorkerShown[] | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = () => {
    drawnAt = performance.now();
    estimate ??= state.secondsInAll;
    live.show(rows());
  };
  draw();
  // Epochs may be long.
  const timer = setInterval(draw, 1000).unref();
  return {
    update: (event) => {
      state.update(event);
      if (performance.now() - drawnAt >= redrawn) draw();
    },
    workers: (workers) => {
      there = workers;
    },
    note: (line) => {
      live.show([]);
      output.write(`${line}\n`);
      draw();
    },
    stop: () => {
      clearInterval(timer);
      // How to ask for less is no longer of use.
      live.show(state.isComplete ? planLines(estimate).slice(0, 1) : rows());
    },
  };
}

function lines(output: Output, state: StudyState, planLines: StudyProgressOptions["planLines"]): StudyProgress {
  const { write } = output;
  const short = metricFacts(state.plan.settings.metric).short;
  let said = performance.now();
  let isPlanTold = false;
  const tellPlan = (seconds: number | undefined) => {
    const [plan, ...offers] = planLines(seconds);
    // A time that calls for offers is said even if the plan was told without it.
    const text = [...(isPlanTold && offers.length === 0 ? [] : [plan]), ...offers].map((line) => `${line}\n`).join("");
    isPlanTold = true;
    if (text !== "") write(text);
  };
  const tell = () => {
    said = performance.now();
    const best = state.arms
      .flatMap(({ arm, best }) => (best === undefined ? [] : [{ arm, ...best }]))
      .sort((a, b) => a.mean - b.mean)
      .at(0);
    const found =
      best === undefined ? "" : `, best so far ${shortArmName(best.arm)}: validation ${short} ${scoreText(best.mean)}`;
    const left = state.leftText === "" ? "" : `, ${state.leftText}`;
    write(`${wrap(`${state.total}/${state.all} networks${left}${found}`, widthOf(output), "  ")}\n`);
  };
  let estimated = false;
  const look = () => {
    const seconds = estimated ? undefined : state.secondsInAll;
    if (seconds !== undefined) {
      estimated = true;
      tellPlan(seconds);
    }
    if (performance.now() - said < told) return;
    tellPlan(undefined);
    tell();
  };
  // Epochs may be long.
  const timer = setInterval(look, 1000).unref();
  const attendance = new Attendance();
  const note = (line: string) => {
    tellPlan(undefined);
    write(`${wrap(line, widthOf(output), "  ")}\n`);
  };
  return {
    note,
    workers: (workers) => {
      for (const change of attendance.changes(workers)) note(change);
    },
    update: (event) => {
      state.update(event);
      if (event.type === "stage" && state.earlier > 0 && event.done < event.of) {
        tellPlan(undefined);
        write(`${count(state.earlier, "network")} of ${state.stageText} are from an earlier run\n`);
      }
      look();
    },
    stop: () => {
      clearInterval(timer);
      tellPlan(undefined);
    },
  };
}
