import type { AnyOp, GradRule, Spec } from "../core/index.ts";
import type { Tensor } from "./tensor.ts";

/** Where the gradient of an input flows on to: the op that made it, or a leaf that collects it. */
export type Edge = Node | Tensor;

/** Looks at the gradient of a tensor as it passes, and may put another in its place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing at all.
export type GradHook = (grad: Tensor) => Tensor | null | void;

interface Saved {
  readonly tensor: Tensor;
  readonly version: number;
}

let sequence = 0;

/** One recorded operation: an entry of the tape. Read through `tensor.gradFn`. */
export class Node {
  readonly op: AnyOp;
  readonly attrs: unknown;
  readonly inputs: readonly Spec[];
  readonly output: Spec;
  // Neither is a field that test runners see: they compare a tensor row by row, each of which has a node of its own that
  // leads back to the tensor.
  readonly #edges: readonly (Edge | null)[];
  readonly #sequence = sequence++;
  readonly hooks: GradHook[] = [];
  /** The tensor that keeps its gradient although it is no leaf. */
  retainer: Tensor | null = null;
  private saved: Map<string, Saved> | null;

  constructor(op: AnyOp, attrs: unknown, inputs: readonly Tensor[], outputs: readonly Tensor[]) {
    this.op = op;
    this.attrs = attrs;
    this.inputs = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    this.output = { shape: outputs[0].shape, dtype: outputs[0].dtype };
    this.#edges = inputs.map((input) => (input.requiresGrad ? (input.gradFn ?? input) : null));
    this.saved = new Map();
    op.saves.forEach((name) => {
      if (op.savedFor[name]?.every((index) => this.#edges[index] === null)) return;
      const tensor = named(op.inputs, inputs, name) ?? (named(op.outputs, outputs, name) as Tensor);
      this.saved?.set(name, { tensor, version: tensor.version });
    });
  }

  /** One per input; null where no gradient is wanted. */
  get edges(): readonly (Edge | null)[] {
    return this.#edges;
  }

  /** Larger than that of any node this one depends on: descending order is a topological order. */
  get sequence(): number {
    return this.#sequence;
  }

  /** As PyTorch names it when a tensor is printed: `MulBackward0`. */
  get name(): string {
    return `${this.op.name[0].toUpperCase()}${this.op.name.slice(1)}Backward0`;
  }

  toString(): string {
    return `<${this.name}>`;
  }

  /** @throws Error if the saved values are gone, or were written to since */
  checkSaved(): void {
    if (this.saved === null) {
      throw new Error(
        `backward: the values saved by ${this.op.name} are already freed: this graph was walked before. ` +
          "Give { retainGraph: true } to the first backward() if you need a second one, or compute the loss anew",
      );
    }
    for (const [name, { tensor, version }] of this.saved) {
      if (tensor.version !== version) {
        throw new Error(
          `backward: ${name} of ${this.op.name}, of shape [${tensor.shape.join(", ")}], was modified in place after the ` +
            `gradient recorded it (version ${tensor.version}, expected ${version}); write to a clone() instead, or after backward()`,
        );
      }
    }
  }

  /** The gradients of the inputs, as the op's rule gives them. */
  gradients(dy: Tensor): readonly (Tensor | null)[] {
    const saved: Record<string, Tensor> = {};
    for (const [name, { tensor }] of this.saved ?? []) saved[name] = tensor;
    const needs = this.#edges.map((edge) => edge !== null);
    const context = { attrs: this.attrs, inputs: this.inputs, output: this.output, needs };
    return (this.op.grad as GradRule<unknown, string>)(dy, saved, context) as readonly (Tensor | null)[];
  }

  /** Frees what was saved. A node that saved nothing can be walked again, as in PyTorch. */
  release(): void {
    if (this.op.saves.length > 0) this.saved = null;
  }
}

function named(names: readonly string[] | "variadic", tensors: readonly Tensor[], name: string): Tensor | undefined {
  return names === "variadic" ? undefined : tensors[names.indexOf(name)];
}
