import * as ranks from "../../ops/collective/index.ts";
import type { Node } from "../../tensor/autograd/autogradNode.ts";
import type { GradientReducer, GradientWatch } from "../../tensor/autograd/gradientReducer.ts";
import { isGradEnabled, type Tensor, tensor, where } from "../../tensor/index.ts";
import { BucketExchange, type Named } from "./bucketExchange.ts";
import { LeafCountdown } from "./leafCountdown.ts";

/** The attributes of `weighByRows`. */
interface Call {
  readonly division: ranks.Division;
}

/** A rank without rows adds nothing: what is not finite is 0 times a mean, or a variance, of no rows. */
function preparing(calls: readonly unknown[]): (gradient: Tensor) => Tensor {
  const isEmpty = (calls as readonly Call[]).every(({ division }) => division.rows === 0);
  return (gradient) => (isEmpty ? where(gradient.isfinite(), gradient, 0) : gradient);
}

/** The tensors of `.grad` that backward passes without an exchange have written. */
const ofRankAlone = /* @__PURE__ */ new WeakSet<Tensor>();

/** Replaces the gradients of parameters by their means over ranks. */
export class RankMeans implements GradientReducer {
  readonly #group: ranks.ProcessGroup;
  readonly #synchrony: ranks.Synchrony;
  readonly #parameters: () => Named;
  readonly #mostBytes: number;
  readonly #sums = new ranks.StartedSums();

  /** @param mostBytes of a message, unless one gradient alone has more */
  constructor(group: ranks.ProcessGroup, synchrony: ranks.Synchrony, parameters: () => Named, mostBytes: number) {
    this.#group = group;
    this.#synchrony = synchrony;
    this.#parameters = parameters;
    this.#mostBytes = mostBytes;
  }

  watch(nodes: Iterable<Node>, calls: readonly unknown[]): GradientWatch | undefined {
    const named = this.#trained();
    // What is exchanged then is known when the pass ends.
    if (this.#isPending(named)) return undefined;
    const exchange = this.#exchange(named, calls, false);
    const parameters = named.map(([, parameter]) => parameter);
    return exchange.overlaps ? new LeafCountdown(exchange, nodes, parameters) : undefined;
  }

  reduce(gradients: Map<Tensor, Tensor>, calls: readonly unknown[], watch?: GradientWatch): Iterable<Tensor> {
    const named = this.#trained();
    if (named.length === 0) return [];
    const isPending = this.#isPending(named);
    const exchange = watch instanceof LeafCountdown ? watch.exchange : this.#exchange(named, calls, isGradEnabled());
    const prepare = preparing(calls);
    try {
      for (const place of exchange.missing()) {
        const [, parameter] = named[place];
        const [fresh, before] = [gradients.get(parameter), isPending ? parameter.grad : null];
        const own = fresh && prepare(fresh);
        // The mean of what all ranks have in common, of earlier passes, is that itself.
        exchange.settle(place, own !== undefined && before !== null ? before.add(own) : (own ?? before ?? undefined));
      }
      const { means, used } = exchange.finish();
      // Behind the last message: one that fails leaves the note as it was.
      const names = named.map(([name]) => name);
      ranks.noteGradients(used, { group: this.#group, names, synchrony: this.#synchrony, isPending: false });
      const whole: Tensor[] = [];
      for (const [i, [, parameter]] of named.entries()) {
        const mean = means[i];
        if (mean === undefined) continue;
        gradients.set(parameter, mean);
        if (isPending) whole.push(parameter);
      }
      return whole;
    } catch (error) {
      exchange.abandon();
      throw error;
    }
  }

  #trained(): Named {
    return this.#parameters().filter(([, { requiresGrad }]) => requiresGrad);
  }

  #isPending(named: Named): boolean {
    return this.#synchrony.isPending || named.some(([, { grad }]) => grad !== null && ofRankAlone.has(grad));
  }

  #exchange(named: Named, calls: readonly unknown[], isRecorded: boolean): BucketExchange {
    const [group, mostBytes, sums] = [this.#group, this.#mostBytes, this.#sums];
    return new BucketExchange({ group, named, mostBytes, sums, isRecorded, prepare: preparing(calls) });
  }
}

/** Leaves the gradients of a backward pass as they are, and notes that they are those of this rank alone. */
export class RankAlone implements GradientReducer {
  readonly #group: ranks.ProcessGroup;
  readonly #synchrony: ranks.Synchrony;
  readonly #parameters: () => Named;
  #leaves: Tensor[] = [];

  constructor(group: ranks.ProcessGroup, synchrony: ranks.Synchrony, parameters: () => Named) {
    this.#group = group;
    this.#synchrony = synchrony;
    this.#parameters = parameters;
  }

  reduce(gradients: Map<Tensor, Tensor>, calls: readonly unknown[]): Iterable<Tensor> {
    const prepare = preparing(calls);
    for (const [, parameter] of this.#parameters()) {
      const gradient = gradients.get(parameter);
      if (gradient !== undefined) gradients.set(parameter, prepare(gradient));
    }
    // At every run of a compiled step.
    ranks.noteGradients(tensor([1]), {
      group: this.#group,
      names: [],
      synchrony: this.#synchrony,
      isPending: true,
    });
    this.#leaves = [...gradients.keys()];
    return [];
  }

  written(): void {
    for (const { grad } of this.#leaves) if (grad !== null) ofRankAlone.add(grad);
    this.#leaves = [];
  }
}
