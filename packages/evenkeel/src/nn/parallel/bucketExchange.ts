import type { DType } from "../../core/index.ts";
import * as ranks from "../../ops/collective/index.ts";
import * as ops from "../../ops/index.ts";
import { cat, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import type { Parameter } from "../module/parameter.ts";

export type Named = readonly (readonly [name: string, parameter: Parameter])[];

/** Gradients of one dtype that are exchanged in one message. */
interface Bucket {
  readonly dtype: DType;
  readonly places: number[];
  bytes: number;
}

/** The same on all ranks: it depends on the shapes alone. */
function bucketsOf(named: Named, mostBytes: number): Bucket[] {
  const buckets: Bucket[] = [];
  for (const [i, [, parameter]] of named.entries()) {
    const { dtype } = parameter;
    const bytes = parameter.numel() * (dtype === "float64" ? 8 : 4);
    let bucket = buckets.findLast((one) => one.dtype === dtype);
    if (bucket === undefined || bucket.bytes + bytes > mostBytes) {
      bucket = { dtype, places: [], bytes: 0 };
      buckets.push(bucket);
    }
    bucket.places.push(i);
    bucket.bytes += bytes;
  }
  return buckets;
}

/** What a pass exchanges with the other ranks. */
export interface Exchanged {
  readonly group: ranks.ProcessGroup;
  readonly named: Named;
  readonly mostBytes: number;
  readonly sums: ranks.StartedSums;
  /** Whether the pass is recorded, to be differentiated: then no sum goes on meanwhile. */
  readonly isRecorded: boolean;
  /** What is done to a gradient of this rank first. */
  readonly prepare: (gradient: Tensor) => Tensor;
}

/**
 * The gradients of one backward pass and their way to the means over ranks, bucket by bucket. The
 * last bucket begins, whose gradients are the first to be final; a bucket that is ready waits for
 * those before it, so that the order is the same on all ranks.
 */
export class BucketExchange {
  /** Whether sums go on while this rank computes. The same on all ranks. */
  readonly overlaps: boolean;
  readonly #exchanged: Exchanged;
  /** In the order of exchange. */
  readonly #buckets: readonly Bucket[];
  readonly #places: ReadonlyMap<Tensor, number>;
  /** The gradients of this rank, as far as they have come. */
  readonly #own = new Map<number, Tensor | undefined>();
  /** For each bucket that is exchanged, what gives its sum. */
  readonly #sums: (() => Tensor)[] = [];
  readonly #started: ranks.StartedSum[] = [];

  constructor(exchanged: Exchanged) {
    const { group, named, mostBytes, isRecorded } = exchanged;
    this.#exchanged = exchanged;
    this.#buckets = bucketsOf(named, mostBytes).reverse();
    this.#places = new Map(named.map(([, parameter], i) => [parameter, i]));
    this.overlaps = this.#buckets.length > 1 && group.communicator.startAllReduce !== undefined && !isRecorded;
  }

  /** Takes the gradient of a leaf as the pass has made it. */
  arrived(leaf: Tensor, gradient: Tensor | undefined): void {
    const place = this.#places.get(leaf);
    if (place !== undefined) this.settle(place, gradient && this.#exchanged.prepare(gradient));
  }

  /** The gradients that have not arrived yet, as places of parameters, in the order of exchange. */
  missing(): number[] {
    return this.#buckets.flatMap(({ places }) => places.filter((i) => !this.#own.has(i)));
  }

  /** Takes the gradient of a parameter, and exchanges the buckets that are ready then. */
  settle(place: number, gradient: Tensor | undefined): void {
    this.#own.set(place, gradient);
    let next = this.#buckets[this.#sums.length];
    while (next?.places.every((i) => this.#own.has(i))) {
      this.#exchange(next);
      next = this.#buckets[this.#sums.length];
    }
  }

  /** Waits for the sums that go on, which nobody asks for any more: the other ranks make them, too. */
  abandon(): void {
    for (const sum of this.#started) {
      try {
        sum.abandon();
      } catch {
        // What has failed before is thrown.
      }
    }
    this.#giveBack();
  }

  /**
   * The means over ranks, once nothing is missing; undefined for a parameter without a gradient
   * here. `used` is the share of ranks that have one, for each parameter.
   */
  finish(): { readonly means: readonly (Tensor | undefined)[]; readonly used: Tensor } {
    const { group, named } = this.#exchanged;
    const means: (Tensor | undefined)[] = named.map(() => undefined);
    let used: Tensor | undefined;
    for (const [b, { places }] of this.#buckets.entries()) {
      const mean = this.#sums[b]().div(group.size);
      const sizes = places.map((i) => named[i][1].numel());
      if (this.#isLast(b)) sizes.push(named.length);
      const split = sizes.length === 1 ? [mean] : ops.split<Tensor>(mean, { dim: 0, sizes });
      for (const [k, i] of places.entries()) {
        if (this.#own.get(i) !== undefined) means[i] = split[k].reshape([...named[i][1].shape]);
      }
      used = split[places.length];
    }
    this.#giveBack();
    return { means, used: used as Tensor };
  }

  #giveBack(): void {
    this.#exchanged.sums.giveBack(this.#started.length);
    this.#started.length = 0;
  }

  #isLast(b: number): boolean {
    return b === this.#buckets.length - 1;
  }

  #exchange({ dtype, places }: Bucket): void {
    const { group, named, sums } = this.#exchanged;
    const parts = places.map((i) => this.#own.get(i)?.reshape([-1]) ?? zeros([named[i][1].numel()], { dtype }));
    // The last message says which parameters have a gradient.
    if (this.#isLast(this.#sums.length)) {
      parts.push(
        tensor(
          named.map((_, i) => (this.#own.get(i) === undefined ? 0 : 1)),
          { dtype },
        ),
      );
    }
    const flat = parts.length === 1 ? parts[0] : cat(parts);
    if (!this.overlaps) {
      const total = ranks.allReduce<Tensor>(flat, { group });
      this.#sums.push(() => total);
      return;
    }
    const sum = sums.take();
    this.#started.push(sum);
    ranks.startSum<Tensor>(flat, { group, sum });
    this.#sums.push(() => ranks.finishSum<Tensor>({ group, sum, shape: flat.shape, dtype }));
  }
}
