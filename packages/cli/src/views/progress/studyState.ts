import { type Arm, armId, countTrials, isPlain, type StudyEvent, type StudyPlan, type TrialRun } from "evenkeel/study";
import { clock } from "./clock.ts";
import { Pace } from "./pace.ts";

/** An arm and what is known of it so far. */
export class ArmState {
  readonly arm: Arm;
  done = 0;
  readonly #byRate = new Map<number, { sum: number; count: number }>();

  constructor(arm: Arm) {
    this.arm = arm;
  }

  add({ result }: TrialRun): void {
    const { spec, readings, constant } = result;
    if (!isPlain(spec)) return;
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

const stages = { rates: "learning rates", variants: "again, on fewer rows, for fewer epochs" };

/**
 * The whole is estimated after so many seconds of computing in each thread: code that runs for the
 * first time is slow. On a busy machine that takes longer.
 */
const settling = 4;

/** Seconds that all threads of this process have computed. */
function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** How far a study is. */
export class StudyState {
  readonly plan: StudyPlan;
  readonly arms: readonly ArmState[];
  readonly all: number;
  /** Networks of this stage that an earlier run trained. */
  earlier = 0;
  #stage: keyof typeof stages = "rates";
  /** Finished networks of the stage, and the number of all its networks. */
  #done = 0;
  #of = 0;
  /** Networks of finished stages. */
  #before = 0;
  #finished = 0;
  readonly #threads: number;
  readonly #began = performance.now();
  readonly #computedBefore = computed();
  /** From the first epoch on. */
  #pace: Pace | undefined;
  /** The finished fractions of the networks in training. */
  readonly #current = new Map<string, number>();

  constructor(plan: StudyPlan, threads: number) {
    this.plan = plan;
    this.#threads = threads;
    this.arms = plan.arms.map((arm) => new ArmState(arm));
    this.all = countTrials(plan).all;
  }

  update(event: StudyEvent): void {
    if (event.type === "epoch") {
      this.#current.set(event.spec.id, event.epoch / event.spec.epochs);
    } else {
      if (event.type === "stage") {
        // A study whose results were taken back in part begins again.
        this.#before = event.stage === "rates" ? 0 : this.#before + this.#of;
        ({ stage: this.#stage, of: this.#of, done: this.earlier } = event);
      } else {
        this.#current.delete(event.run.result.spec.id);
        this.#finished++;
        const id = armId(event.run.result.spec.arm);
        this.arms.find(({ arm }) => armId(arm) === id)?.add(event.run);
      }
      this.#done = event.done;
    }
    const now = performance.now();
    const progress = this.#progress;
    if (this.#pace === undefined && progress > 0) this.#pace = new Pace(now, progress);
    this.#pace?.add(now, progress);
  }

  /** Networks that this process trained, and the parts of those that it is training. */
  get #progress(): number {
    return this.#finished + [...this.#current.values()].reduce((sum, part) => sum + part, 0);
  }

  get total(): number {
    return this.#before + this.#done;
  }

  get isComplete(): boolean {
    return this.total >= this.all;
  }

  /** Seconds until the end; undefined until the pace has settled, and at the end. */
  get secondsLeft(): number | undefined {
    if (this.isComplete || this.#pace === undefined) return undefined;
    if (computed() - this.#computedBefore < settling * this.#threads) return undefined;
    const running = this.#progress - this.#finished;
    const time = this.#pace.timeFor(this.all - this.total - running);
    return time === undefined ? undefined : time / 1000;
  }

  /** Seconds for the whole of what this process does; undefined until the pace has settled. */
  get secondsInAll(): number | undefined {
    const left = this.secondsLeft;
    return left === undefined ? undefined : left + (performance.now() - this.#began) / 1000;
  }

  /** "1:05 left" */
  get leftText(): string {
    const left = this.secondsLeft;
    return left === undefined ? "" : `${clock(left)} left`;
  }

  get stageText(): string {
    const { rates, all } = countTrials(this.plan);
    return `stage ${this.#stage === "rates" ? 1 : 2} of ${all > rates ? 2 : 1}: ${stages[this.#stage]}`;
  }
}
