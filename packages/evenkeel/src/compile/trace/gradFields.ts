import type { GradWatch } from "../../tensor/autograd/gradWatch.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Storage } from "../../tensor/storage.ts";
import type { GraphValue, Source } from "../graph.ts";

/** The effect of a step on the `.grad` of one tensor. */
export interface GradField {
  readonly tensor: Tensor;
  /** The required initial value; undefined if the step writes before it reads. */
  readonly expects?: { readonly grad: Tensor | null };
  /** The final value: a value of the graph, another tensor (or null), or unchanged. */
  readonly leaves:
    | { readonly kind: "value"; readonly value: GraphValue }
    | { readonly kind: "tensor"; readonly grad: Tensor | null };
}

/** The effect of a step on the `.grad` of an argument, which is another tensor at every call. */
export interface ArgumentGrad {
  /** Among the tensors of the arguments. */
  readonly index: number;
  /** The final value; null removes the gradient. */
  readonly grad: GraphValue | null;
}

interface Use {
  readonly initial: Tensor | null;
  /** Whether the step read the field before it wrote to it. */
  readonly read: boolean;
}

/**
 * Watches `.grad` fields during a trace: they are state, of which only the first and the last value
 * matter.
 */
export class GradFields implements GradWatch {
  readonly #uses = new Map<Tensor, Use>();
  readonly #sourceOf: (storage: Storage) => Source | undefined;
  readonly #indexOf: (tensor: Tensor) => number | undefined;
  readonly #isView: (tensor: Tensor) => boolean;
  #watching = true;

  /**
   * @param sourceOf the source of a tensor's memory, if the trace knows it
   * @param indexOf the index of the argument that a tensor is, if it is one
   * @param isView whether the step has made a tensor as a view of state
   */
  constructor(
    sourceOf: (storage: Storage) => Source | undefined,
    indexOf: (tensor: Tensor) => number | undefined,
    isView: (tensor: Tensor) => boolean,
  ) {
    this.#sourceOf = sourceOf;
    this.#indexOf = indexOf;
    this.#isView = isView;
  }

  read(tensor: Tensor, initial: Tensor | null): void {
    if (this.#watching && !this.#uses.has(tensor)) this.#uses.set(tensor, { initial, read: true });
  }

  written(tensor: Tensor, initial: Tensor | null): void {
    if (this.#watching && !this.#uses.has(tensor)) this.#uses.set(tensor, { initial, read: false });
  }

  /** The fields of arguments, and of tensors that outlive the step. */
  finish(viewOf: (tensor: Tensor) => GraphValue): { gradFields: GradField[]; argumentGrads: ArgumentGrad[] } {
    this.#watching = false;
    const gradFields: GradField[] = [];
    const argumentGrads: ArgumentGrad[] = [];
    for (const [tensor, { initial, read }] of this.#uses) {
      const { grad } = tensor;
      const source = this.#sourceOf(tensor.storage);
      const index = this.#indexOf(tensor);
      if (index !== undefined) {
        if (grad !== initial || !read) argumentGrads.push({ index, grad: grad && viewOf(grad) });
      } else if ((source === undefined || source.kind === "state") && !this.#isView(tensor)) {
        const isValue = grad !== null && (this.#sourceOf(grad.storage)?.kind ?? "state") !== "state";
        const leaves: GradField["leaves"] = isValue ? { kind: "value", value: viewOf(grad) } : { kind: "tensor", grad };
        gradFields.push({ tensor, leaves, ...(read && { expects: { grad: initial } }) });
      }
    }
    return { gradFields, argumentGrads };
  }

  /** Restores every field to its value before the trace. */
  restore(): void {
    this.#watching = false;
    for (const [tensor, { initial }] of this.#uses) tensor.grad = initial;
  }
}
