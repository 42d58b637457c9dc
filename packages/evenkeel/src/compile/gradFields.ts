import type { GradWatch, Storage, Tensor } from "../tensor/index.ts";
import type { GraphValue } from "./graph.ts";

/** What a step does to the `.grad` of one tensor. */
export interface GradField {
  readonly tensor: Tensor;
  /** What the step needs to find there: undefined if it does not look before it writes. */
  readonly expects?: { readonly grad: Tensor | null };
  /** What it leaves there: a value of the graph, another tensor (or null), or nothing new. */
  readonly leaves:
    | { readonly kind: "value"; readonly value: GraphValue }
    | { readonly kind: "tensor"; readonly grad: Tensor | null };
}

interface Use {
  readonly initial: Tensor | null;
  /** Whether the step read the field before it wrote to it. */
  readonly read: boolean;
}

/** Watches `.grad` fields during a trace: they are state, of which only the first and the last value matter. */
export class GradFields implements GradWatch {
  readonly #uses = new Map<Tensor, Use>();
  readonly #isTraced: (storage: Storage) => boolean;
  #watching = true;

  constructor(isTraced: (storage: Storage) => boolean) {
    this.#isTraced = isTraced;
  }

  read(tensor: Tensor, initial: Tensor | null): void {
    if (this.#watching && !this.#uses.has(tensor)) this.#uses.set(tensor, { initial, read: true });
  }

  written(tensor: Tensor, initial: Tensor | null): void {
    if (this.#watching && !this.#uses.has(tensor)) this.#uses.set(tensor, { initial, read: false });
  }

  /** The fields of tensors that outlive the step. */
  finish(viewOf: (tensor: Tensor) => GraphValue): GradField[] {
    this.#watching = false;
    return [...this.#uses].flatMap(([tensor, { initial, read }]) => {
      if (this.#isTraced(tensor.storage)) return [];
      const { grad } = tensor;
      const leaves: GradField["leaves"] =
        grad !== null && this.#isTraced(grad.storage)
          ? { kind: "value", value: viewOf(grad) }
          : { kind: "tensor", grad };
      return [{ tensor, leaves, ...(read && { expects: { grad: initial } }) }];
    });
  }

  /** Puts every field back as it was before the trace. */
  restore(): void {
    this.#watching = false;
    for (const [tensor, { initial }] of this.#uses) tensor.grad = initial;
  }
}
