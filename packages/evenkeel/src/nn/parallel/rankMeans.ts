import type { DType } from "../../core/index.ts";
import * as ranks from "../../ops/collective/index.ts";
import * as ops from "../../ops/index.ts";
import type { GradientReducer } from "../../tensor/autograd/gradientReducer.ts";
import { cat, type Tensor, tensor, where, zeros } from "../../tensor/index.ts";
import type { Parameter } from "../module/parameter.ts";

type Named = readonly (readonly [name: string, parameter: Parameter])[];

/** Gradients of one dtype that are exchanged in one message. */
interface Bucket {
  readonly dtype: DType;
  readonly places: number[];
  bytes: number;
}

/** The attributes of `weighByRows`. */
interface Call {
  readonly division: ranks.Division;
}

/** A rank without rows adds nothing: what is not finite is 0 times a mean, or a variance, of no rows. */
function clearOfEmpty(gradients: Map<Tensor, Tensor>, named: Named, calls: readonly unknown[]): void {
  if (!(calls as readonly Call[]).every(({ division }) => division.rows === 0)) return;
  for (const [, parameter] of named) {
    const gradient = gradients.get(parameter);
    if (gradient !== undefined) gradients.set(parameter, where(gradient.isfinite(), gradient, 0));
  }
}

/** The tensors of `.grad` that backward passes without an exchange have written. */
const ofRankAlone = /* @__PURE__ */ new WeakSet<Tensor>();

/** Replaces the gradients of parameters by their means over ranks. */
export class RankMeans implements GradientReducer {
  readonly #group: ranks.ProcessGroup;
  readonly #synchrony: ranks.Synchrony;
  readonly #parameters: () => Named;
  readonly #mostBytes: number;

  /** @param mostBytes of a message, unless one gradient alone has more */
  constructor(group: ranks.ProcessGroup, synchrony: ranks.Synchrony, parameters: () => Named, mostBytes: number) {
    this.#group = group;
    this.#synchrony = synchrony;
    this.#parameters = parameters;
    this.#mostBytes = mostBytes;
  }

  reduce(gradients: Map<Tensor, Tensor>, calls: readonly unknown[]): Iterable<Tensor> {
    const named = this.#parameters().filter(([, { requiresGrad }]) => requiresGrad);
    if (named.length === 0) return [];
    const isPending = this.#synchrony.isPending || named.some(([, { grad }]) => grad !== null && ofRankAlone.has(grad));
    clearOfEmpty(gradients, named, calls);
    const own = named.map(([, parameter]) => {
      const [fresh, before] = [gradients.get(parameter), isPending ? parameter.grad : null];
      // The mean of what all ranks have in common, of earlier passes, is that itself.
      return fresh !== undefined && before !== null ? before.add(fresh) : (fresh ?? before ?? undefined);
    });
    const means = this.#means(named, own);
    const whole: Tensor[] = [];
    for (const [i, [, parameter]] of named.entries()) {
      if (own[i] === undefined) continue;
      gradients.set(parameter, means[i]);
      if (isPending) whole.push(parameter);
    }
    return whole;
  }

  #means(named: Named, own: readonly (Tensor | undefined)[]): Tensor[] {
    const { size } = this.#group;
    const means: Tensor[] = [];
    let used: Tensor | undefined;
    for (const [b, { dtype, places }] of this.#buckets(named).entries()) {
      const parts = places.map((i) => own[i]?.reshape([-1]) ?? zeros([named[i][1].numel()], { dtype }));
      const sizes = parts.map((part) => part.numel());
      // The first message says which parameters have a gradient.
      const flags = own.map((gradient) => (gradient === undefined ? 0 : 1));
      if (b === 0) parts.push(tensor(flags, { dtype }));
      const flat = parts.length === 1 ? parts[0] : cat(parts);
      const mean = ranks.allReduce<Tensor>(flat, { group: this.#group }).div(size);
      if (b === 0) sizes.push(own.length);
      const split = sizes.length === 1 ? [mean] : ops.split<Tensor>(mean, { dim: 0, sizes });
      for (const [k, i] of places.entries()) means[i] = split[k].reshape([...named[i][1].shape]);
      if (b === 0) used = split[places.length];
    }
    // Behind the last message: one that fails leaves the note as it was.
    if (used !== undefined) this.#note(used, named);
    return means;
  }

  #note(used: Tensor, named: Named): void {
    const names = named.map(([name]) => name);
    ranks.noteGradients(used, { group: this.#group, names, synchrony: this.#synchrony, isPending: false });
  }

  /** The same on all ranks: it depends on the shapes alone. */
  #buckets(named: Named): Bucket[] {
    const buckets: Bucket[] = [];
    for (const [i, [, parameter]] of named.entries()) {
      const { dtype } = parameter;
      const bytes = parameter.numel() * (dtype === "float64" ? 8 : 4);
      let bucket = buckets.findLast((one) => one.dtype === dtype);
      if (bucket === undefined || bucket.bytes + bytes > this.#mostBytes) {
        bucket = { dtype, places: [], bytes: 0 };
        buckets.push(bucket);
      }
      bucket.places.push(i);
      bucket.bytes += bytes;
    }
    return buckets;
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
    clearOfEmpty(gradients, this.#parameters(), calls);
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
