import type { Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import { Observer } from "./observer.ts";
import { type RateResult, rateSteps } from "./rateRange.ts";
import type { PreparedRows } from "./rows.ts";
import { Trainer } from "./trainer.ts";

/** Trains one network after another, which share their programs: only the rate differs. */
export class RateStrip {
  readonly #setup: Setup;
  readonly #trainer: Trainer;
  readonly #observer: Observer;

  constructor(prepared: PreparedRows, setup: Setup, norm: Norm) {
    this.#setup = setup;
    this.#trainer = new Trainer(prepared, setup, norm);
    this.#observer = new Observer(this.#trainer.network, prepared);
  }

  /** The network of the set-up's seed, after {@link rateSteps} steps at this rate, or fewer if the training has fewer. */
  train(lr: number): RateResult {
    const { seed, steps } = this.#setup;
    this.#trainer.restart({ seed, lr });
    for (let i = 0; i < Math.min(rateSteps, steps); i++) {
      if (!Number.isFinite(this.#trainer.next())) return { lr, error: Number.POSITIVE_INFINITY };
    }
    this.#observer.take();
    const { evalMode } = this.#observer.errors();
    return { lr, error: Number.isFinite(evalMode) ? evalMode : Number.POSITIVE_INFINITY };
  }
}
