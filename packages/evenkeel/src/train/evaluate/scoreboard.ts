import { refuse, wrongState } from "../../core/index.ts";
import { noGrad, type Tensor } from "../../tensor/index.ts";
import type { Scores } from "../fit/history.ts";
import type { Metric } from "./metrics.ts";

/** Metrics by the names under which their values are reported. */
export type Metrics<K extends string = string> = Readonly<Record<K, Metric>>;

/**
 * Computes the loss and the metrics of one pass over the data. All rows have the same weight,
 * whatever the size of their batch.
 */
export class Scoreboard<K extends string> {
  readonly #metrics: readonly [string, Metric][];
  #lossSum = 0;
  #rows = 0;

  constructor(metrics: Metrics<K> | undefined) {
    this.#metrics = Object.entries(metrics ?? {});
    this.reset();
  }

  reset(): void {
    for (const [, metric] of this.#metrics) metric.reset();
    this.#lossSum = 0;
    this.#rows = 0;
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param loss mean over the rows of this batch */
  add(loss: number, rows: number, output: Tensor, target: Tensor): void {
    if (this.#metrics.length > 0) {
      noGrad(() => {
        for (const [, metric] of this.#metrics) metric.update(output, target);
      });
    }
    this.#lossSum += loss * rows;
    this.#rows += rows;
  }

  /** What it has computed, as numbers, for `merge`. */
  state(): Float64Array {
    const states = this.#metrics.map(([name, metric]) => metric.state?.() ?? missingMerge(name));
    return Float64Array.from([this.#lossSum, this.#rows, ...states.flatMap((state) => [state.length, ...state])]);
  }

  /** Replaces what it has computed by that of several boards with the same metrics. */
  merge(states: readonly Float64Array[]): void {
    this.#lossSum = states.reduce((sum, [loss]) => sum + loss, 0);
    this.#rows = states.reduce((sum, [, rows]) => sum + rows, 0);
    const starts = states.map(() => 2);
    for (const [, metric] of this.#metrics) {
      const parts = states.map((state, i) => {
        const from = starts[i] + 1;
        starts[i] = from + state[starts[i]];
        return state.subarray(from, starts[i]);
      });
      metric.merge?.(parts);
    }
  }

  scores(): Scores<K> {
    const values = this.#metrics.map(([name, metric]) => [name, metric.value()]);
    return Object.fromEntries([["loss", this.#lossSum / this.#rows], ...values]) as Scores<K>;
  }
}

/** @throws Error: the scores of several ranks cannot be added up */
function missingMerge(name: string): never {
  throw wrongState(
    "fit",
    `metric "${name}" has no state() and merge(), by which it would be that of the rows of all ranks`,
    "add them, or use a metric of the library",
  );
}

/**
 * Checks that the metrics can be those of several ranks.
 * @throws Error naming one that cannot
 */
export function checkMerges(metrics: Metrics = {}): void {
  for (const [name, metric] of Object.entries<Partial<Metric>>(metrics)) {
    if (metric.state === undefined || metric.merge === undefined) missingMerge(name);
  }
}

/** @throws TypeError if one is not a metric, or has the name "loss", which is the loss's */
export function checkMetrics(metrics: Metrics = {}): void {
  for (const [name, metric] of Object.entries<Partial<Metric>>(metrics)) {
    if (name === "loss")
      throw refuse("wrong-type", "", 'a metric cannot be called "loss": the loss is reported under that name');
    for (const method of ["update", "value", "reset"] as const) {
      if (typeof metric?.[method] === "function") continue;
      const hint = typeof metric === "function" ? "; call it: train.mae()" : "";
      throw refuse(
        "wrong-type",
        "",
        `metric "${name}" has no method ${method}()`,
        `pass one such as train.mae()${hint}`,
      );
    }
  }
}
