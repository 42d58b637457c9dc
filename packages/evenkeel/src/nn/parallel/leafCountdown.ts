import type { Edge, Node } from "../../tensor/autograd/autogradNode.ts";
import type { GradientWatch } from "../../tensor/autograd/gradientReducer.ts";
import { Tensor } from "../../tensor/index.ts";
import type { BucketExchange } from "./bucketExchange.ts";

/** Gives gradients to an exchange as soon as the last node that leads to their leaf has been passed. */
export class LeafCountdown implements GradientWatch {
  readonly exchange: BucketExchange;
  /** How many edges to each leaf are left. */
  readonly #left = new Map<Tensor, number>();
  readonly #final = new Set<Tensor>();

  constructor(exchange: BucketExchange, nodes: Iterable<Node>, parameters: Iterable<Tensor>) {
    this.exchange = exchange;
    for (const { edges } of nodes) {
      for (const leaf of leavesOf(edges)) this.#left.set(leaf, (this.#left.get(leaf) ?? 0) + 1);
    }
    for (const parameter of parameters) if (!this.#left.has(parameter)) exchange.arrived(parameter, undefined);
  }

  passed({ edges }: Node, totals: ReadonlyMap<Edge, Tensor>): void {
    for (const leaf of leavesOf(edges)) {
      const left = (this.#left.get(leaf) as number) - 1;
      this.#left.set(leaf, left);
      // Hooks run at the end of the pass, and may change the gradient.
      if (left > 0 || leaf.hooks.length > 0) continue;
      this.#final.add(leaf);
      this.exchange.arrived(leaf, totals.get(leaf));
    }
  }

  isFinal(leaf: Tensor): boolean {
    return this.#final.has(leaf);
  }

  abandon(): void {
    this.exchange.abandon();
  }
}

function* leavesOf(edges: Node["edges"]): Iterable<Tensor> {
  for (const edge of edges) if (edge instanceof Tensor) yield edge;
}
