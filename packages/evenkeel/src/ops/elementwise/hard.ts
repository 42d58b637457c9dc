import { defineOp } from "../../core/index.ts";
import { unaryLoop } from "../loops.ts";
import { floatOnly } from "../shapes.ts";
import { gt, le, logicalAnd, lt } from "./compare.ts";
import { abs, add, div, mul, sign, where } from "./elementwise.ts";

/**
 * Piecewise linear nonlinearities whose slopes at the kinks and at NaN no composition of other rows
 * has. https://arxiv.org/abs/1905.02244
 */

const gate = (x: number) => Math.min(Math.max(x + 3, 0), 6) / 6;

/** x + 3 between 0 and 6, over 6. The gradient at ±3 and at NaN is 0. */
export const hardsigmoid = defineOp({
  name: "hardsigmoid",
  inputs: ["input"],
  shape: floatOnly("hardsigmoid"),
  reference: unaryLoop(gate),
  saves: ["input"],
  grad: (dy, { input }) => [where(logicalAnd(gt(input, -3), lt(input, 3)), div(dy, 6), 0)],
});

/**
 * x * {@link hardsigmoid}(x). The gradient at 3 is 1.5, at -3 it is -0.5, at NaN 1, as in PyTorch.
 */
export const hardswish = defineOp({
  name: "hardswish",
  inputs: ["input"],
  shape: floatOnly("hardswish"),
  reference: unaryLoop((x) => x * gate(x)),
  saves: ["input"],
  grad: (dy, { input }) => {
    // Finite where the slope is not used: otherwise 0 * Infinity is NaN in the second derivative,
    // which is 0 at the kinks.
    const middle = where(lt(abs(input), 3), input, mul(sign(input), 3));
    const slope = add(div(middle, 3), 0.5);
    return [where(lt(input, -3), 0, where(le(input, 3), mul(dy, slope), dy))];
  },
});
