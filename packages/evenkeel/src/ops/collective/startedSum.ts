import { type DType, defineOp, notDifferentiable, type Shape } from "../../core/index.ts";
import { requireFloat } from "../shapes.ts";
import type { GroupAttrs } from "./collective.ts";
import type { ProcessGroup } from "./processGroup.ts";

type Floats = Float32Array | Float64Array;

/** A sum over ranks that goes on while this rank computes. An object that compiled steps do not copy. */
export class StartedSum {
  #finish: ((into: Floats) => void) | undefined;
  #like: (() => Floats) | undefined;

  start(group: ProcessGroup, data: Floats): void {
    // A compiled step has failed in between.
    this.abandon();
    const [Type, { length }] = [data instanceof Float32Array ? Float32Array : Float64Array, data];
    this.#like = () => new Type(length);
    this.#finish = group.communicator.startAllReduce?.(data, "sum");
  }

  /** Waits for the sum. @throws Error if it failed */
  finish(into: Floats): void {
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.(into);
  }

  /** Waits for a sum that nobody asks for any more, if one is under way: the other ranks have it, too. */
  abandon(): void {
    if (this.#finish !== undefined && this.#like !== undefined) this.finish(this.#like());
  }
}

/** The same sums for the same places of every pass: a compiled step holds them. Passes may be nested. */
export class StartedSums {
  readonly #sums: StartedSum[] = [];
  #taken = 0;

  take(): StartedSum {
    const sum = this.#sums[this.#taken] ?? new StartedSum();
    this.#sums[this.#taken++] = sum;
    return sum;
  }

  /** Gives back those that were taken last. */
  giveBack(count: number): void {
    this.#taken -= count;
  }
}

/** Starts a sum of the elements over all ranks, which {@link finishSum} gives. */
export const startSum = defineOp({
  name: "startSum",
  inputs: ["input"],
  outputs: [],
  shape: ([x], _: GroupAttrs & { readonly sum: StartedSum }) => {
    requireFloat("startSum", "input", x);
    return [];
  },
  reference: ([x], _, { group, sum }) => sum.start(group, x.data as Floats),
  grad: notDifferentiable("only sums that are made at once have a gradient"),
});

/** The sum over all ranks that {@link startSum} has started. */
export const finishSum = defineOp({
  name: "finishSum",
  inputs: [],
  shape: (
    _,
    { shape, dtype }: GroupAttrs & { readonly sum: StartedSum; readonly shape: Shape; readonly dtype: DType },
  ) => [{ shape, dtype }],
  reference: (_, [y], { sum }) => sum.finish(y.data as Floats),
  grad: notDifferentiable("only sums that are made at once have a gradient"),
});
