import type { AnyOp, GradContext, Spec } from "../../core/index.ts";
import { wrongState } from "../../core/index.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The destination of an input's gradient: the op that made the input, or a leaf that collects it.
 */
export type Edge = Node | Tensor;

/** Receives the gradient of a tensor during the backward pass, and may replace it. */
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
  readonly outputs: readonly Spec[];
  // Not fields, because test runners compare fields: each row of a tensor has a node that leads
  // back to the tensor.
  readonly #edges: readonly (Edge | null)[];
  readonly #sequence = sequence++;
  readonly hooks: GradHook[] = [];
  /** The non-leaf tensor that retains its gradient. */
  retainer: Tensor | null = null;
  private saved: Map<string, Saved> | null;

  constructor(
    op: AnyOp,
    attrs: unknown,
    inputs: readonly Spec[],
    outputs: readonly Spec[],
    edges: readonly (Edge | null)[],
    saved: Map<string, Saved>,
  ) {
    this.op = op;
    this.attrs = attrs;
    this.inputs = inputs.map(specOf);
    this.outputs = outputs.map(specOf);
    this.#edges = edges;
    this.saved = saved;
  }

  /** One per input; null if it needs no gradient. */
  get edges(): readonly (Edge | null)[] {
    return this.#edges;
  }

  /** How many outputs gradients flow into. */
  get slots(): number {
    const { differentiable } = this.op;
    return differentiable === "all" ? this.outputs.length : differentiable.length;
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
      throw wrongState(
        "backward",
        `the values saved by ${this.op.name} are already freed by an earlier backward pass. Give { ` +
          "retainGraph: true } to the first backward() if you need a second one, or compute the loss again",
      );
    }
    for (const [name, { tensor, version }] of this.saved) {
      if (tensor.version !== version) {
        throw wrongState(
          "backward",
          `${name} of ${this.op.name}, of shape [${tensor.shape.join(", ")}], was modified in place after ` +
            `the gradient recorded it (version ${tensor.version}, expected ${version})`,
          "write to a clone() instead, or after backward()",
        );
      }
    }
  }

  /**
   * The gradients of the inputs, as the op's rule gives them.
   * @param dys one for each output that gradients flow into; null where none does
   */
  gradients(dys: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const saved: Record<string, Tensor> = {};
    for (const [name, { tensor }] of this.saved ?? []) saved[name] = tensor;
    const { op, attrs, inputs, outputs } = this;
    const context: GradContext<unknown> = { attrs, inputs, outputs, needs: this.#edges.map((edge) => edge !== null) };
    const { grad } = op;
    const gradients =
      typeof grad === "function"
        ? grad(dys[0] as Tensor, saved, context)
        : grad.kind === "joint"
          ? grad.rule(dys, saved, context)
          : [];
    return gradients as readonly (Tensor | null)[];
  }

  /** Frees the saved values. A node without any allows another backward pass, as in PyTorch. */
  release(): void {
    if (this.op.saves.length > 0) this.saved = null;
  }
}

/**
 * One of several outputs that gradients flow into. Each has its own hooks, and passes its total
 * gradient to the node of the op, which was made before it and runs after all of them.
 */
export class OutputNode extends Node {
  readonly joint: Node;
  /** The index among the differentiable outputs. */
  readonly slot: number;

  constructor(joint: Node, output: Tensor, slot: number) {
    super(joint.op, joint.attrs, [output], [output], [joint], new Map());
    this.joint = joint;
    this.slot = slot;
  }
}

/**
 * Records the operation on its outputs. Gradients are floats: an integer result (int + int) has
 * none.
 */
export function record(op: AnyOp, attrs: unknown, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  const edges = inputs.map((input) => (input.requiresGrad ? (input.gradFn ?? input) : null));
  const saved = new Map<string, Saved>();
  for (const name of op.saves) {
    if (op.savedFor[name]?.every((index) => edges[index] === null)) continue;
    const tensor = named(op.inputs, inputs, name) ?? (named(op.outputs, outputs, name) as Tensor);
    saved.set(name, { tensor, version: tensor.version });
  }
  const node = new Node(op, attrs, inputs, outputs, edges, saved);
  if (!isJoint(op)) {
    if (outputs[0].isFloatingPoint) outputs[0].setHistory(node);
    return;
  }
  const places = op.differentiable === "all" ? outputs.map((_, i) => i) : op.differentiable;
  places.forEach((place, slot) => {
    const output = outputs[place];
    if (output.isFloatingPoint) output.setHistory(new OutputNode(node, output, slot));
  });
}

const isJoint = ({ grad }: AnyOp) => typeof grad === "object" && grad.kind === "joint";

const specOf = ({ shape, dtype }: Spec): Spec => ({ shape, dtype });

function named(names: readonly string[] | "variadic", tensors: readonly Tensor[], name: string): Tensor | undefined {
  return names === "variadic" ? undefined : tensors[names.indexOf(name)];
}
