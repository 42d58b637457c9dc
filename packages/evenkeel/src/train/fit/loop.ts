import { now, wrongState } from "../../core/index.ts";
import type { BatchNormLayer } from "../../nn/layers/norm/batchNorm.ts";
import { severalRanks } from "../../ops/collective/index.ts";
import { type Example, type Loader, rowBatches, toExample } from "../batches.ts";
import { batchNormLayers, needsTwoRows } from "../batchNorm/layers.ts";
import { noBatches, scoreBatches } from "../evaluate/evaluate.ts";
import { checkMerges, Scoreboard } from "../evaluate/scoreboard.ts";
import { keepModes, type Model } from "../modelState.ts";
import { gatherScores } from "../ranks/gatheredScores.ts";
import { inStep, networkOfRanks, sharedBatches } from "../ranks/ownBatches.ts";
import { Ranks } from "../ranks/ranks.ts";
import { breather } from "./breathe.ts";
import type { EpochEvent, TrainingEvent } from "./events.ts";
import type { FitPlan } from "./fitOptions.ts";
import { type EpochRecord, type History, monitored, type Scores, type StopReason } from "./history.ts";
import { TrainingPrograms } from "./programs.ts";
import { resumeTraining, takeCheckpoint } from "./resume.ts";
import { Stepper } from "./step.ts";

/**
 * The one training loop: `fit` runs it once, `TableTrainer` many times with the same programs. It
 * is a generator of events and of pauses to await, so that the caller decides what happens between
 * two of them.
 */
export class TrainingLoop<K extends string> {
  readonly #model: Model;
  readonly #plan: FitPlan<K>;
  readonly #batchNorms: readonly BatchNormLayer[];
  readonly #stepper: Stepper;
  readonly #programs: TrainingPrograms;
  readonly #ranks: Ranks | undefined;
  /** The same where they have batches of their own. */
  readonly #peers: Ranks | undefined;
  readonly #breathe: () => Promise<void> | undefined;
  readonly #epochs: EpochRecord<K>[];
  /** The time at which the training would have begun if it had run in one piece. */
  #started = 0;
  #epoch = 0;
  #step = 0;
  /** The learning rate of the last step. */
  #rate = Number.NaN;
  #cancelled = false;

  /**
   * @param programs those of this model, loss and optimizer; reusing them avoids compiling again
   * @throws errors of `resumeTraining` for an invalid checkpoint
   */
  constructor(model: Model, plan: FitPlan<K>, programs = new TrainingPrograms(model, plan)) {
    this.#model = model;
    this.#epochs = plan.resume === undefined ? [] : resumeTraining(model, plan, plan.resume);
    this.#epoch = plan.resume?.epoch ?? 0;
    this.#step = plan.resume?.step ?? 0;
    this.#plan = plan;
    this.#batchNorms = batchNormLayers(model);
    this.#programs = programs;
    const group = networkOfRanks(model) && severalRanks();
    this.#peers = group && new Ranks(group, () => this.#isAsked());
    this.#ranks = plan.ranks ?? this.#peers;
    if (this.#peers !== undefined) checkMerges(plan.metrics);
    this.#stepper = new Stepper(model, programs, { ...plan, peers: this.#peers });
    this.#breathe = breather(plan.yieldEvery);
  }

  cancel(): void {
    this.#cancelled = true;
  }

  /**
   * Called after other code has handled an event: it may have changed what model and loss close
   * over.
   */
  handedOut({ type }: TrainingEvent<K>): void {
    // Not after every batch, of which there are too many: such changes are found as in any compiled
    // step.
    if (type === "batch" || this.#plan.compile.check === "never") return;
    this.#programs.recheck();
  }

  /**
   * Yields the events, and promises to await before the training continues.
   * @param batches whether to yield batch events, which take longer than a small batch
   */
  *events(batches = true): Generator<TrainingEvent<K> | Promise<void>, History<K>, undefined> {
    const { stopping, epochs, earlyStopping } = this.#plan;
    this.#started = now() - 1000 * (this.#epochs.at(-1)?.seconds ?? 0);
    const { scored } = this.#plan;
    const restoreModes = keepModes(this.#model.modules());
    const restoreScored = keepModes(scored.modules());
    let reason: StopReason = "completed";
    let restored = false;
    try {
      this.#ranks?.agree();
      yield { type: "start", epochs, ...this.#moment() };
      while (this.#epoch < epochs && !stopping.shouldStop) {
        if (this.#stopped() || !(yield* this.#runEpoch(batches))) {
          reason = "aborted";
          break;
        }
      }
      if (reason === "completed" && stopping.shouldStop) reason = "earlyStopping";
      restored = earlyStopping !== undefined && stopping.restore(scored);
    } finally {
      restoreScored();
      restoreModes();
    }
    const history: History<K> = {
      epochs: this.#epochs,
      reason,
      bestEpoch: stopping.bestEpoch,
      restored,
      steps: this.#step,
      seconds: this.#seconds(),
    };
    yield { type: "stop", reason, history, ...this.#moment() };
    return history;
  }

  /** Returns whether the epoch was finished. */
  *#runEpoch(batches: boolean): Generator<TrainingEvent<K> | Promise<void>, boolean, undefined> {
    const { monitor, stopping, schedule } = this.#plan;
    this.#epoch++;
    const train = yield* this.#trainEpoch(batches);
    if (train === undefined) return false;
    const scored = yield* this.#validate();
    if (scored === undefined) return false;
    const { scores: validation, rows } = scored;
    if (validation !== undefined) yield { type: "validation", scores: validation, rows, ...this.#moment() };
    const value = monitored({ train, ...(validation && { validation }) }, monitor);
    const improved = stopping.update(value, this.#plan.scored);
    const record = { ...this.#moment(), learningRate: this.#rate, train, ...(validation && { validation }), improved };
    schedule.afterEpoch(value);
    this.#epochs.push(record);
    yield* this.#report(record);
    return true;
  }

  /** Yields an epoch's event, which can take a checkpoint until the training continues. */
  *#report(record: EpochRecord<K>): Generator<EpochEvent<K>, void, undefined> {
    let waits = true;
    const checkpoint = () => {
      if (waits) return takeCheckpoint(this.#model, this.#plan, this.#epochs);
      throw wrongState(
        "checkpoint",
        `the training has continued since the end of epoch ${record.epoch}`,
        "call event.checkpoint() in onEpoch or in the body of the loop over the training",
      );
    };
    const event = { type: "epoch" as const, ...record };
    try {
      // Not enumerable: events can be posted to other threads, functions cannot.
      yield Object.defineProperty(event, "checkpoint", { value: checkpoint }) as EpochEvent<K>;
    } finally {
      waits = false;
    }
  }

  /** Returns the scores of the training rows; undefined if stopped. */
  *#trainEpoch(batches: boolean): Generator<TrainingEvent<K> | Promise<void>, Scores<K> | undefined, undefined> {
    const { train, metrics, sharesOf } = this.#plan;
    const board = new Scoreboard(metrics);
    this.#model.train();
    let batch = 0;
    const all =
      sharesOf === undefined ? rowBatches(train, needsTwoRows(this.#batchNorms)) : sharedBatches(train, sharesOf);
    for (const rowBatch of this.#peers === undefined ? all : inStep(this.#peers, all)) {
      if (this.#stopped()) return undefined;
      const example = toExample(rowBatch);
      const { joined, rows } = rowBatch;
      const learningRate = this.#plan.optimizer.paramGroups[0].lr;
      const stepped = this.#stepper.step(example, this.#position(++batch), board);
      this.#step++;
      this.#rate = learningRate;
      this.#plan.schedule.afterStep();
      if (batches) yield { type: "batch", batch, ...stepped, rows, joined, learningRate, ...this.#moment() };
      const pause = this.#breathe();
      if (pause !== undefined) yield pause;
    }
    if (this.#stopped()) return undefined;
    if (batch === 0) throw noBatches("train");
    if (this.#ranks !== undefined) gatherScores(this.#ranks, board);
    return board.scores();
  }

  /** Returns no scores without a validation loader; undefined if stopped. */
  *#validate(): Generator<Promise<void>, { scores?: Scores<K>; rows: number } | undefined, undefined> {
    const { validation, validationShare, metrics, scored: model } = this.#plan;
    if (validation === undefined) return { rows: 0 };
    const board = new Scoreboard(metrics);
    model.eval();
    // What is not finite in the share of a rank is found by every rank in all rows, as by one.
    const share = this.#peers === undefined ? validationShare : validation;
    const isScored = share !== undefined && (yield* this.#scoreShare(share, board));
    if (this.#stopped()) return undefined;
    if (!isScored && !(yield* this.#scoreAll(validation, board))) return undefined;
    model.train();
    return { scores: board.scores(), rows: board.rows };
  }

  /** Returns whether it came to its end. */
  *#scoreAll(validation: Loader, board: Scoreboard<K>): Generator<Promise<void>, boolean, undefined> {
    let batch = 0;
    this.#stepper.take();
    for (const scored of scoreBatches(this.#plan.scored, validation, this.#programs.forward, board)) {
      batch++;
      if (!Number.isFinite(scored.loss)) throw this.#invalid(scored.example, batch, scored.loss);
      const pause = this.#breathe();
      if (pause !== undefined) yield pause;
      if (this.#stopped()) return false;
      this.#stepper.take();
    }
    return true;
  }

  /** Returns whether the board now has the scores of all rows; if not, some are not finite. */
  *#scoreShare(share: Loader, board: Scoreboard<K>): Generator<Promise<void>, boolean, undefined> {
    const ranks = this.#ranks!;
    let batch = 0;
    let bad: { readonly example: Example; readonly batch: number; readonly loss: number } | undefined;
    this.#stepper.take();
    for (const { example, loss } of scoreBatches(this.#plan.scored, share, this.#programs.forward, board)) {
      batch++;
      if (!Number.isFinite(loss)) bad ??= { example, batch, loss };
      const pause = this.#breathe();
      if (pause !== undefined) yield pause;
    }
    if (!gatherScores(ranks, board, bad !== undefined)) return true;
    this.#peers?.together(() => {
      if (bad !== undefined) throw this.#invalid(bad.example, bad.batch, bad.loss);
    });
    board.reset();
    return false;
  }

  #invalid(example: Example, batch: number, loss: number): Error {
    const position = { epoch: this.#epoch, step: this.#step, batch };
    return this.#stepper.diagnosed("validation", example, position, loss);
  }

  /** With several ranks what they have agreed on. */
  #stopped(): boolean {
    return this.#ranks === undefined ? this.#isAsked() : this.#ranks.signal.aborted;
  }

  #isAsked(): boolean {
    return this.#cancelled || this.#plan.signal?.aborted === true;
  }

  #position(batch: number): { epoch: number; step: number; batch: number } {
    return { epoch: this.#epoch, step: this.#step + 1, batch };
  }

  #seconds(): number {
    return (now() - this.#started) / 1000;
  }

  #moment(): { epoch: number; step: number; seconds: number } {
    return { epoch: this.#epoch, step: this.#step, seconds: this.#seconds() };
  }
}
