import { type Compiled, type CompileOptions, compile } from "../../compile/index.ts";
import { clipGradNorm, Optimizer } from "../../optim/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Example } from "../batches.ts";
import { forwardPass, type Loss } from "../evaluate/evaluate.ts";
import type { Scoreboard } from "../evaluate/scoreboard.ts";
import { ForwardState, type Model } from "../modelState.ts";
import { advise, diagnoseGradient, diagnoseLoss } from "./diagnose.ts";
import { firstNonFinite, NonFiniteLossError } from "./nonFinite.ts";

/** What `fit` needs of an optimizer; SGD, Adam and AdamW are such. */
export interface StepOptimizer {
  readonly paramGroups: readonly { readonly params: readonly Tensor[]; readonly lr: number }[];
  zeroGrad(): void;
  step(): unknown;
}

interface StepperOptions {
  readonly loss: Loss;
  readonly optimizer: StepOptimizer;
  readonly clipGradNorm?: number;
  readonly columns?: readonly string[];
  /** How steps are compiled. */
  readonly compile: Pick<CompileOptions, "compile" | "check">;
}

/** Where in the training a batch stands, for errors. */
interface Position {
  readonly epoch: number;
  readonly step: number;
  readonly batch: number;
}

interface StepResult {
  readonly loss: number;
  readonly gradNorm?: number;
}

/**
 * Makes training steps, each of them whole or not at all. Gradients and the optimizer's update are two programs: between
 * them the host looks whether loss and gradients are finite.
 */
export class Stepper {
  readonly #model: Model;
  readonly #options: StepperOptions;
  readonly #before: ForwardState;
  /** Inputs and target in, output and loss out. */
  readonly #gradientsOf: Compiled<Tensor[], readonly [output: Tensor, loss: Tensor]>;
  readonly #update: (() => Tensor | undefined) | Compiled<[], Tensor | undefined>;

  constructor(model: Model, options: StepperOptions) {
    this.#model = model;
    this.#options = options;
    this.#before = new ForwardState(model);
    const { optimizer, clipGradNorm: maxNorm } = options;
    const forward = forwardPass(model, options.loss);
    this.#gradientsOf = compile((...tensors: Tensor[]) => {
      const { output, loss } = forward(tensors.slice(0, -1), tensors[tensors.length - 1]);
      optimizer.zeroGrad();
      loss.backward();
      return [output.detach(), loss] as const;
    }, options.compile);
    const update = () => {
      const norm = maxNorm === undefined ? undefined : clipGradNorm(this.#params(), maxNorm);
      optimizer.step();
      return norm;
    };
    // What an optimizer of somebody else's does in its step is not known to be tensor operations alone.
    this.#update = optimizer instanceof Optimizer ? compile(update, options.compile) : update;
  }

  /**
   * Forward, scoring, backward and one step of the optimizer. If anything fails before the optimizer starts, parameters,
   * buffers and the default generator are as they were.
   *
   * @throws NonFiniteLossError if the loss or a gradient is NaN or infinite; whatever model, loss, metrics or optimizer throw
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
    return { loss, gradNorm: this.#update()?.item() };
  }

  /** The error for a loss of `value` in the mode the model is in; leaves the state as it was taken. */
  diagnosed(phase: "train" | "validation", example: Example, position: Position, value: number): NonFiniteLossError {
    this.#before.restore();
    const where = diagnoseLoss(this.#model, example, this.#options.columns);
    this.#before.restore();
    return this.#error({ phase, ...position, loss: value, where });
  }

  /** Looks at the next step again: something may have changed. */
  recheck(): void {
    this.#gradientsOf.recheck();
    if ("recheck" in this.#update) this.#update.recheck();
  }

  /** Takes the state that `diagnosed` starts from: for batches that are not trained on. */
  take(): void {
    this.#before.take();
  }

  #gradients(example: Example, position: Position, board: Scoreboard<string>): number {
    const { optimizer } = this.#options;
    const [output, loss] = this.#gradientsOf(...example.inputs, example.target);
    const value = loss.item();
    if (!Number.isFinite(value)) {
      optimizer.zeroGrad();
      throw this.diagnosed("train", example, position, value);
    }
    // Before the step, so that a metric that refuses the output refuses the step.
    board.add(value, example.rows, output, example.target);
    if (!this.#gradientsAreFinite()) {
      const bad = this.#params().filter(hasNonFiniteGradient);
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

  #params(): Tensor[] {
    return this.#options.optimizer.paramGroups.flatMap((group) => [...group.params]);
  }
}

function hasNonFiniteGradient({ grad }: Tensor): boolean {
  return grad !== null && firstNonFinite(grad) >= 0;
}
