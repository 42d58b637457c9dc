import type { Tensor } from "../../tensor/index.ts";
import type { Example } from "../batches.ts";
import type { Scoreboard } from "../evaluate/scoreboard.ts";
import { ForwardState, type Model } from "../modelState.ts";
import { advise, diagnoseGradient, diagnoseLoss } from "./diagnose.ts";
import { allFinite, NonFiniteLossError } from "./nonFinite.ts";
import { paramsOf, type StepOptimizer, type TrainingPrograms } from "./programs.ts";

export interface StepperOptions {
  readonly optimizer: StepOptimizer;
  /** What validation rows are scored with. */
  readonly scored: Model;
  /** Names of the input's columns, for errors. */
  readonly columns?: readonly string[] | undefined;
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

  /** @param programs of this model and this optimizer */
  constructor(model: Model, programs: TrainingPrograms, options: StepperOptions) {
    this.#model = model;
    this.#programs = programs;
    this.#options = options;
    this.#before = new ForwardState(model);
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
      loss = this.#gradients(example, position, board);
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
    const where = diagnoseLoss(model, example, this.#options.columns);
    this.#before.restore();
    return this.#error({ phase, ...position, loss: value, where });
  }

  /** Takes the state that `diagnosed` starts from, for batches that are not trained on. */
  take(): void {
    this.#before.take();
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
    board.add(value, example.rows, output, example.target);
    if (!this.#gradientsAreFinite()) {
      const bad = paramsOf(optimizer).filter(hasNonFiniteGradient);
      this.#before.restore();
      const where = diagnoseGradient(this.#model, example, new Set(bad));
      optimizer.zeroGrad();
      throw this.#error({ phase: "train", ...position, loss: value, where });
    }
    return value;
  }

  #error(details: ConstructorParameters<typeof NonFiniteLossError>[0]): NonFiniteLossError {
    return new NonFiniteLossError(
      details,
      advise(details.where, this.#model, this.#options.optimizer.paramGroups[0].lr),
    );
  }

  #gradientsAreFinite(): boolean {
    for (const { params } of this.#options.optimizer.paramGroups) if (params.some(hasNonFiniteGradient)) return false;
    return true;
  }
}

function hasNonFiniteGradient({ grad }: Tensor): boolean {
  return grad !== null && !allFinite(grad);
}
