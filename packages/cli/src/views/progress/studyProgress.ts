import cliProgress from "cli-progress";
import {
  type Arm,
  armId,
  countTrials,
  describeArm,
  type StudyEvent,
  type StudyPlan,
  type TrialRun,
} from "evenkeel/study";
import { count, scoreText } from "../../shell/figures.ts";
import { metricFacts } from "../../shell/metrics.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, wrap } from "../../shell/terminal.ts";
import { clock } from "./clock.ts";

/** Shows the progress of a study. */
export interface StudyProgress {
  readonly update: (event: StudyEvent) => void;
  /** Restores the terminal. */
  readonly stop: () => void;
}

/**
 * On a terminal, a bar for the whole study and one for each arm; elsewhere a line for each tenth of
 * a stage.
 */
export function studyProgress(output: Output, plan: StudyPlan): StudyProgress {
  const state = new StudyState(plan);
  return output.terminal === undefined ? lines(output, state) : bars(output, output.terminal, state);
}

/** Arms of a resumed study are named by its file. */
const nameOf = (arm: Arm) => printable(describeArm(arm));

const stageNames = { rates: "all arms at all learning rates", variants: "fewer rows, shorter trainings, other units" };

/** The state of an arm. */
class ArmState {
  readonly arm: Arm;
  done = 0;
  readonly #byRate = new Map<number, { sum: number; count: number }>();

  constructor(arm: Arm) {
    this.arm = arm;
  }

  add({ result }: TrialRun): void {
    const { spec, readings, constant } = result;
    if (spec.rows !== 1 || spec.rescale !== null) return;
    const scored = Object.values(readings).map(({ validation }) => validation[spec.metric] ?? Number.NaN);
    const error = scored.length === 0 ? (constant.validation[spec.metric] ?? Number.NaN) : Math.min(...scored);
    const { sum = 0, count: before = 0 } = this.#byRate.get(spec.lr) ?? {};
    this.#byRate.set(spec.lr, { sum: sum + error, count: before + 1 });
    this.done++;
  }

  /** The rate with the lowest mean validation error so far. */
  get best(): { readonly lr: number; readonly mean: number } | undefined {
    const rates = [...this.#byRate].map(([lr, { sum, count: runs }]) => ({ lr, mean: sum / runs }));
    return rates.sort((a, b) => a.mean - b.mean).at(0);
  }
}

class StudyState {
  readonly plan: StudyPlan;
  readonly arms: readonly ArmState[];
  readonly all: number;
  stage: "rates" | "variants" = "rates";
  /** Finished networks of the stage, and the number of all its networks. */
  done = 0;
  of = 0;
  /** Networks of finished stages. */
  #before = 0;
  #finished = 0;
  #began = performance.now();
  /** The finished fractions of the networks in training. */
  readonly #current = new Map<string, number>();

  constructor(plan: StudyPlan) {
    this.plan = plan;
    this.arms = plan.arms.map((arm) => new ArmState(arm));
    this.all = countTrials(plan).all;
  }

  update(event: StudyEvent): void {
    if (event.type === "epoch") {
      this.#current.set(event.spec.id, event.epoch / event.spec.epochs);
      return;
    }
    if (event.type === "stage") {
      this.#before += this.of;
      ({ stage: this.stage, of: this.of } = event);
    } else {
      this.#current.delete(event.run.result.spec.id);
      this.#finished++;
      const id = armId(event.run.result.spec.arm);
      this.arms.find(({ arm }) => armId(arm) === id)?.add(event.run);
    }
    this.done = event.done;
  }

  get total(): number {
    return this.#before + this.done;
  }

  /** "1:05 left", at the pace of this process; empty until a network is finished. */
  get left(): string {
    if (this.#finished === 0 || this.total >= this.all) return "";
    const running = [...this.#current.values()].reduce((sum, part) => sum + part, 0);
    const seconds = (performance.now() - this.#began) / 1000;
    return `${clock((seconds / (this.#finished + running)) * (this.all - this.total - running))} left`;
  }

  get stageText(): string {
    const number = this.stage === "rates" ? 1 : 2;
    return `stage ${number} of ${this.all > countTrials(this.plan).rates ? 2 : 1}: ${stageNames[this.stage]}`;
  }
}

function bars({ colors }: Output, terminal: NodeJS.WritableStream, state: StudyState): StudyProgress {
  const { rows = 24, columns = 80 } = terminal as { readonly rows?: number; readonly columns?: number };
  const width = Math.min(columns, 120) - 1;
  const perArm = state.plan.lrs.length * state.plan.seeds.length;
  const names = Math.max(...state.arms.map(({ arm }) => nameOf(arm).length));
  const short = metricFacts(state.plan.settings.metric).short;
  const drawn = (share: number, length: number) => {
    const done = Math.round(Math.min(1, share) * length);
    return "█".repeat(done) + "░".repeat(length - done);
  };
  const overall = () => {
    const text = `${state.total}/${state.all} networks  ${state.left}`;
    const stage = state.stageText.slice(0, Math.max(0, width - text.length - 14));
    const room = Math.max(4, Math.min(30, width - text.length - stage.length - 4));
    return `${colors.cyan(drawn(state.total / state.all, room))}  ${text}  ${colors.dim(stage)}`;
  };
  // Room for the longest figures, so that all bars have the same length.
  const room = width - names - 4 - `validation ${short} 0.0000 at 0.0003`.length;
  const line = ({ arm, done, best }: ArmState) => {
    const found = best === undefined ? "" : `validation ${short} ${scoreText(best.mean)} at ${best.lr}`;
    const bar = room < 4 ? "" : drawn(done / perArm, Math.min(12, room));
    return `${nameOf(arm).padEnd(names)}  ${colors.dim(bar)}  ${found}`.trimEnd();
  };
  const multi = new cliProgress.MultiBar({
    stream: terminal,
    hideCursor: true,
    format: "",
    // The command handles Ctrl-C: it stops the training and then these bars.
    gracefulExit: false,
  });
  const main = multi.create(state.all, 0, {}, { format: overall });
  // A terminal with fewer lines than bars would fill with copies of them.
  const armBars =
    rows < state.arms.length + 3 || width < names + 30
      ? []
      : state.arms.map((arm) => multi.create(perArm, 0, {}, { format: () => line(arm) }));
  return {
    update: (event) => {
      state.update(event);
      main.update(state.total);
      for (const [i, bar] of armBars.entries()) bar.update(state.arms[i].done);
    },
    stop: () => multi.stop(),
  };
}

function lines({ write }: Output, state: StudyState): StudyProgress {
  let told = 0;
  const tell = () => {
    told = state.done;
    const best = state.arms
      .flatMap(({ arm, best }) => (best === undefined ? [] : [{ arm, ...best }]))
      .sort((a, b) => a.mean - b.mean)
      .at(0);
    const short = metricFacts(state.plan.settings.metric).short;
    const found =
      best === undefined ? "" : `, best so far ${nameOf(best.arm)}: validation ${short} ${scoreText(best.mean)}`;
    const left = state.left === "" ? "" : `, ${state.left}`;
    write(`${wrap(`${state.total}/${state.all} networks${left}${found}`, 80, "  ")}\n`);
  };
  return {
    update: (event) => {
      state.update(event);
      if (event.type === "stage") {
        const earlier = event.done === 0 ? "" : ` (${count(event.done, "network")} of them from an earlier run)`;
        write(`${state.stageText}${earlier}\n`);
        told = event.done;
      }
      if (event.type === "trial" && (state.done - told >= state.of / 10 || state.done === state.of)) tell();
    },
    stop: () => {},
  };
}
