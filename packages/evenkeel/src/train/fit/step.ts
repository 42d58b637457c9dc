import { noGrad, type Tensor } from "../../tensor/index.ts";
import type { Example } from "../batches.ts";
import type { Scoreboard } from "../evaluate/scoreboard.ts";
import { ForwardState, type Model } from "../modelState.ts";
import { agreed } from "../ranks/agreed.ts";
import { alone } from "../ranks/alone.ts";
import { JoinedGradients } from "../ranks/joinedGradients.ts";
import { networkOfRanks } from "../ranks/ownBatches.ts";
import type { Ranks, Share } from "../ranks/ranks.ts";
import { advise, diagnoseGradient, diagnoseLoss } from "./diagnose.ts";
import { allFinite, NonFiniteLossError } from "./nonFinite.ts";
import { paramsOf, type StepOptimizer, type TrainingPrograms } from "./programs.ts";

export interface StepperOptions {
  readonly optimizer: StepOptimizer;
  /** What validation rows are scored with. */
  readonly scored: Model;
  /** Names of the input's columns, for errors. */
  readonly columns?: readonly string[] | undefined;
  /** The ranks among which batches are divided. */
  readonly ranks?: Ranks | undefined;
  /** The ranks of a DistributedDataParallel, which have batches of their own. */
  readonly peers?: Ranks | undefined;
}

/** The position of a batch in the training, for errors. */
interface Position {
  readonly epoch: number;
  readonly step: number;
  readonly batch: number;
}

interface StepResult {
  readonly loss: number;
  readonly gradNorm?: number;
}

/** Makes training steps, each of them completely or not at all. */
export class Stepper {
  readonly #model: Model;
  readonly #programs: TrainingPrograms;
  readonly #options: StepperOptions;
  readonly #before: ForwardState;
  readonly #joined: JoinedGradients | undefined;

  /** @param programs of this model and this optimizer */
  constructor(model: Model, programs: TrainingPrograms, options: StepperOptions) {
    this.#model = model;
    this.#programs = programs;
    this.#options = options;
    this.#before = new ForwardState(model);
    this.#joined = options.ranks && new JoinedGradients(options.ranks);
  }

  /**
   * Forward pass, scoring, backward pass and one step of the optimizer. If anything fails before
   * the optimizer starts, parameters, buffers and the default generator are restored.
   *
   * @throws NonFiniteLossError if the loss or a gradient is NaN or infinite; errors of model, loss,
   *   metrics and optimizer
   */
  step(example: Example, position: Position, board: Scoreboard<string>): StepResult {
    this.#before.take();
    let loss: number;
    try {
      loss = this.#gradientsOfRanks(example, position, board);
    } catch (error) {
      this.#before.restore();
      throw error;
    }
    const gradNorm = this.#programs.update()?.item();
    return gradNorm === undefined ? { loss } : { loss, gradNorm };
  }

  /**
   * The error for a loss of `value` in the model's current mode. Restores the state that was taken.
   */
  diagnosed(phase: "train" | "validation", example: Example, position: Position, value: number): NonFiniteLossError {
    this.#before.restore();
    const model = phase === "train" ? this.#model : this.#options.scored;
    const where = alone(() => diagnoseLoss(this.#diagnosable(model), example, this.#options.columns));
    this.#before.restore();
    return this.#error({ phase, ...position, loss: value, where });
  }

  /** Takes the state that `diagnosed` starts from, for batches that are not trained on. */
  take(): void {
    this.#before.take();
  }

  /** Those of the whole batch, whoever computes which of its rows. */
  #gradientsOfRanks(example: Example, position: Position, board: Scoreboard<string>): number {
    const { ranks, peers } = this.#options;
    if (peers !== undefined) return this.#gradientsOfPeers(peers, example, position, board);
    if (ranks === undefined) return this.#gradients(example, position, board);
    if (example.shares !== undefined) return this.#gradientsOfRows(ranks, example, position, board);
    const share = ranks.shareOf(example.rows);
    if (share === undefined) ranks.agree();
    const loss = share && this.#sharedGradients(example, share, board);
    // Few rows; or to find the place of what is not finite, as one rank does.
    return loss ?? alone(() => this.#gradients(example, position, board));
  }

  /** The gradients that `backward()` of a DistributedDataParallel leaves, which are those of all ranks. */
  #gradientsOfPeers(peers: Ranks, example: Example, position: Position, board: Scoreboard<string>): number {
    const [output, loss] = this.#programs.gradientsOf(...example.inputs, example.target);
    const value = loss.item();
    if (peers.sumOf(!Number.isFinite(value) || !this.#gradientsAreFinite()) > 0) {
      this.#throwOnAll(peers, example, position, value);
    }
    board.add(value, example.rows, output, example.target);
    return value;
  }

  /** The gradients of a batch of which each rank has rows of its own. */
  #gradientsOfRows(ranks: Ranks, example: Example, position: Position, board: Scoreboard<string>): number {
    const { rows, shares = [] } = example;
    this.#programs.shares.rows = shares;
    const [output, own] = this.#programs.gradientsOfRows(...example.inputs, example.target);
    // The mean over no rows is no number.
    const part = rows === 0 ? 0 : own.item();
    const total = shares.reduce((sum, share) => sum + share, 0);
    const loss = this.#joined!.sum(paramsOf(this.#options.optimizer), part * (rows / total));
    // After the exchange all ranks have the same, so all find it.
    if (!Number.isFinite(loss) || !this.#gradientsAreFinite()) this.#throwOnAll(ranks, example, position, part);
    if (rows > 0) board.add(part, rows, output, example.target);
    return loss;
  }

  /** Throws, on all ranks, what is not finite, as the rank whose rows it comes from knows it. */
  #throwOnAll(ranks: Ranks, example: Example, position: Position, value: number): never {
    const { optimizer } = this.#options;
    const bad = paramsOf(optimizer).filter(hasNonFiniteGradient);
    optimizer.zeroGrad();
    // Through BatchNorm and gradients it reaches all: the rank whose rows it comes from knows more.
    const own = Number.isFinite(value) ? undefined : this.diagnosed("train", example, position, value);
    const isSource = own !== undefined && ["input", "target"].includes(own.where.kind);
    for (const speaks of [isSource, own !== undefined]) {
      ranks.together(() => {
        if (speaks) throw own;
      });
    }
    return ranks.together(() => {
      throw this.#badGradient(bad, example, position, value);
    });
  }

  /** Undefined if loss or gradients are not finite; everything is then as before. */
  #sharedGradients(example: Example, { from, rows, total }: Share, board: Scoreboard<string>): number | undefined {
    const { optimizer } = this.#options;
    const tensors = [...example.inputs, example.target].map((tensor) => rowsFrom(tensor, from, rows));
    const [output, own] = this.#programs.gradientsOfShare(total, ...tensors);
    const part = own.item();
    const loss = this.#joined!.sum(paramsOf(optimizer), part * (rows / total));
    if (!Number.isFinite(loss) || !this.#gradientsAreFinite()) {
      optimizer.zeroGrad();
      this.#before.restore();
      return undefined;
    }
    board.add(part, rows, output, tensors[tensors.length - 1]);
    return loss;
  }

  #gradients(example: Example, position: Position, board: Scoreboard<string>): number {
    const { optimizer } = this.#options;
    const [output, loss] = this.#programs.gradientsOf(...example.inputs, example.target);
    const value = loss.item();
    if (!Number.isFinite(value)) {
      optimizer.zeroGrad();
      throw this.diagnosed("train", example, position, value);
    }
    // Before the step, so that an output that a metric refuses stops the step.
    // What all ranks have computed alike is the first one's to score.
    if (this.#options.ranks?.isFirst !== false) board.add(value, example.rows, output, example.target);
    if (!this.#gradientsAreFinite()) {
      const bad = paramsOf(optimizer).filter(hasNonFiniteGradient);
      optimizer.zeroGrad();
      throw this.#badGradient(bad, example, position, value);
    }
    return value;
  }

  /** The error for gradients that are not finite. Restores the state that was taken. */
  #badGradient(bad: readonly Tensor[], example: Example, position: Position, loss: number): NonFiniteLossError {
    this.#before.restore();
    const where = alone(() => diagnoseGradient(this.#diagnosable(this.#model), example, new Set(bad)));
    this.#before.restore();
    return this.#error({ phase: "train", ...position, loss, where });
  }

  /** A model that runs on this rank alone. */
  #diagnosable(model: Model): Model {
    return networkOfRanks(model) ?? model;
  }

  #error(details: ConstructorParameters<typeof NonFiniteLossError>[0]): NonFiniteLossError {
    const advice = advise(details.where, this.#model, this.#options.optimizer.paramGroups[0].lr);
    // Where ranks compute together, all find it in the same batch.
    return agreed(new NonFiniteLossError(details, advice), 0);
  }

  #gradientsAreFinite(): boolean {
    for (const { params } of this.#options.optimizer.paramGroups) if (params.some(hasNonFiniteGradient)) return false;
    return true;
  }
}

/** Rows of a batch, which nothing records. */
function rowsFrom(tensor: Tensor, from: number, rows: number): Tensor {
  return noGrad(() => tensor.narrow(0, from, rows));
}

function hasNonFiniteGradient({ grad }: Tensor): boolean {
  return grad !== null && !allFinite(grad);
}
