import type { Compiled, Tensor } from "evenkeel";
import type { Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import { heldOutError } from "./observer.ts";
import { program } from "./program.ts";
import { type RateResult, rateSteps } from "./rateRange.ts";
import type { PreparedRows, Rows } from "./rows.ts";
import { Trainer } from "./trainer.ts";

/** Trains one network after another, which share their programs: only the rate differs. */
export class RateStrip {
  readonly #trainer: Trainer;
  readonly #output: Compiled<[x: Tensor], Tensor>;
  #setup: Setup;
  #prepared: PreparedRows;
  /** All rates have the same batches. */
  #batches: readonly Rows[] | undefined;

  constructor(prepared: PreparedRows, setup: Setup, norm: Norm) {
    const trainer = new Trainer(prepared, setup, norm);
    this.#trainer = trainer;
    this.#output = program((x: Tensor) => trainer.network.forward(x));
    this.#setup = setup;
    this.#prepared = prepared;
    this.#batches = trainer.firstBatches(rateSteps(setup));
  }

  /** Other rows or another set-up, for which `programsFor` says that the programs are made too. */
  restart(prepared: PreparedRows, setup: Setup): void {
    this.#setup = setup;
    this.#prepared = prepared;
    this.#trainer.restart(prepared, setup);
    this.#batches = this.#trainer.firstBatches(rateSteps(setup));
  }

  /** Gives its programs back, once another takes its place. */
  dispose(): void {
    this.#trainer.dispose();
    this.#output.dispose();
  }

  /** The network of the set-up's seed, after {@link rateSteps} steps at this rate. */
  train(lr: number): RateResult {
    this.#trainer.restart(this.#prepared, { ...this.#setup, lr }, this.#batches);
    for (let i = 0; i < rateSteps(this.#setup); i++) {
      if (!Number.isFinite(this.#trainer.next())) return { lr, error: Number.POSITIVE_INFINITY };
    }
    this.#trainer.network.eval();
    const error = heldOutError(this.#output, this.#prepared);
    return { lr, error: Number.isFinite(error) ? error : Number.POSITIVE_INFINITY };
  }
}
