import type { AnyOp, Shape } from "../../../core/index.ts";
import type { Border } from "../../../ops/channelsLast/border.ts";
import type { GraphNode, GraphValue } from "../../graph.ts";

/** The channels-last form of one node, or of several. */

/** Pictures [N, C, H, W] that are read channels-last, inside a border of at least `need`. */
interface PicturesRead {
  readonly kind: "pictures";
  readonly value: GraphValue;
  readonly need: Border;
  /**
   * A wider border that saves the reader a copy, if the node that makes the pictures can write it.
   */
  readonly wish?: Border;
}

/** Read without conversion, in this shape. */
interface PlainRead {
  readonly kind: "plain";
  readonly value: GraphValue;
  readonly shape: Shape;
}

export type Operand = PicturesRead | PlainRead;

interface Result {
  /**
   * Pictures are made channels-last; all other results keep their buffer, with the shape that the
   * op gives.
   */
  readonly kind: "pictures" | "plain";
  readonly value: GraphValue;
  /** A border that the op uses as working space. */
  readonly wish?: Border;
}

export interface Converted {
  readonly operands: readonly Operand[];
  readonly results: readonly Result[];
  /**
   * Whether it processes its arrays as flat ones, borders included: then all of its pictures have
   * the same border. If not, it reads only inside borders, and writes zeros around its results.
   */
  readonly flat: boolean;
  /** Whether a flat op maps the zeros in borders to zeros. */
  readonly keepsZeros?: boolean;
  /**
   * The op for these borders of its operands and of its first result; borders of plain operands are
   * ignored.
   */
  readonly build: (borders: readonly Border[], border: Border) => { readonly op: AnyOp; readonly attrs: object };
}

/** The queries of rules about the graph. */
export interface Context {
  /** Whether a value is made channels-last. */
  readonly isHeld: (value: GraphValue) => boolean;
  /** Whether pictures of this shape are made channels-last. */
  readonly isShapeHeld: (shape: Shape) => boolean;
  /** The node that makes a value, if no other node writes it. */
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
