import {
  broadcastShapes,
  broadcastStrides,
  canCast,
  defineOp,
  formatShape,
  notDifferentiable,
  refuse,
  sameShape,
} from "../../core/index.ts";
import { stridedCopy } from "../loops.ts";

/**
 * Writes into existing storage. Every write to state goes through a row that declares it, and is a
 * root of a graph.
 */

/** target[...] = value, broadcast to the target's shape and converted to its dtype. */
export const assign = defineOp({
  name: "assign",
  inputs: ["target", "value"],
  outputs: [],
  shape: ([target, value]) => {
    if (!sameShape(broadcastShapes(target.shape, value.shape), target.shape)) {
      throw refuse(
        "wrong-shape",
        "",
        `cannot write a value of shape ${formatShape(value.shape)} into a tensor of shape ` +
          `${formatShape(target.shape)}`,
      );
    }
    if (!canCast(value.dtype, target.dtype)) {
      throw refuse(
        "wrong-dtype",
        "",
        `cannot write values of dtype ${value.dtype} into a tensor of dtype ${target.dtype}`,
        `convert them first with .to("${target.dtype}")`,
      );
    }
    return [];
  },
  reference: ([target, value]) => {
    if (sameShape(target.shape, value.shape)) target.data.set(value.data);
    else stridedCopy(value.data, broadcastStrides(value.shape, target.shape), target.data, target.shape);
  },
  writes: [0],
  grad: notDifferentiable("a write has no output; the tensor that was written gets the history of the value"),
});
