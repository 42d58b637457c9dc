import type { AnyOp, Shape } from "../../../core/index.ts";
import type { Border } from "../../../ops/channelsLast/border.ts";
import type { GraphNode, GraphValue } from "../../graph.ts";

/** What one node, or several, become where pictures keep their channels last. */

/** Pictures [N, C, H, W] that are read with their channels last, inside a border of at least `need`. */
interface PicturesRead {
  readonly kind: "pictures";
  readonly value: GraphValue;
  readonly need: Border;
  /** A wider border that spares the reader a copy, if whoever makes the pictures can write it. */
  readonly wish?: Border;
}

/** Read where it is, in this shape. */
interface PlainRead {
  readonly kind: "plain";
  readonly value: GraphValue;
  readonly shape: Shape;
}

export type Operand = PicturesRead | PlainRead;

interface Result {
  /** Pictures are made with their channels last; anything else is made where it was, in the shape that the op gives it. */
  readonly kind: "pictures" | "plain";
  readonly value: GraphValue;
  /** A border that gives the op room to work in. */
  readonly wish?: Border;
}

export interface Converted {
  readonly operands: readonly Operand[];
  readonly results: readonly Result[];
  /**
   * Whether it goes over its arrays as over flat ones, borders included: then all of its pictures have the same border. Else
   * it reads inside borders alone, and writes zeros around what it makes.
   */
  readonly flat: boolean;
  /** Whether a flat op makes zeros of the zeros in the borders that it reads. */
  readonly keepsZeros?: boolean;
  /** The op for these borders of its operands, and of its first result; those of plain ones mean nothing. */
  readonly build: (borders: readonly Border[], border: Border) => { readonly op: AnyOp; readonly attrs: object };
}

/** What the rules ask about the graph. */
export interface Context {
  /** Whether a value is made with its channels last. */
  readonly isHeld: (value: GraphValue) => boolean;
  /** Whether pictures of this shape are made with their channels last. */
  readonly isShapeHeld: (shape: Shape) => boolean;
  /** The node that makes a value, if nothing else writes it. */
  readonly makerOf: (value: GraphValue) => GraphNode | undefined;
}

export const pictures = (value: GraphValue, need: Border, wish?: Border): Operand => ({
  ...{ kind: "pictures", value, need },
  ...(wish && { wish }),
});

export const plain = (value: GraphValue, shape: Shape = value.shape): Operand => ({ kind: "plain", value, shape });

export const asPictures = (value: GraphValue, wish?: Border): Result => ({
  ...{ kind: "pictures", value },
  ...(wish && { wish }),
});

export const asPlain = (value: GraphValue): Result => ({ kind: "plain", value });
