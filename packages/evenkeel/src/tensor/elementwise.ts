import * as ops from "../ops/index.ts";
import type { Operand, Tensor } from "./tensor.ts";

/**
 * The user interface of ops/elementwise: the methods that {@link Tensor} inherits, and a function
 * for each, whose first operand may be a number too. Operands broadcast, dtypes are promoted.
 */

/**
 * The default export, because tensor/index.ts re-exports all others: users see the methods in
 * Tensor.
 */
export default abstract class ElementwiseMethods {
  /** The sum with a tensor or a number. Two bools give their logical or. */
  add(this: Tensor, other: Operand): Tensor {
    return ops.add<Tensor>(this, other);
  }
  /** The difference to a tensor or a number. @throws TypeError for bools */
  sub(this: Tensor, other: Operand): Tensor {
    return ops.sub<Tensor>(this, other);
  }
  /**
   * The product with a tensor or a number, element by element; {@link Tensor.matmul} is that of
   * matrices.
   */
  mul(this: Tensor, other: Operand): Tensor {
    return ops.mul<Tensor>(this, other);
  }
  /** True division: integers give float32. */
  div(this: Tensor, other: Operand): Tensor {
    return ops.div<Tensor>(this, other);
  }
  /** The remainder with the sign of the divisor. */
  remainder(this: Tensor, other: Operand): Tensor {
    return ops.remainder<Tensor>(this, other);
  }
  /**
   * The larger of two elements; NaN wins over any number. {@link Tensor.max} finds the largest of
   * all.
   */
  maximum(this: Tensor, other: Operand): Tensor {
    return ops.maximum<Tensor>(this, other);
  }
  /**
   * The smaller of two elements; NaN wins over any number. {@link Tensor.min} finds the smallest of
   * all.
   */
  minimum(this: Tensor, other: Operand): Tensor {
    return ops.minimum<Tensor>(this, other);
  }
  /**
   * Whether elements are equal, a bool each; {@link Tensor.equal} answers for the whole tensor. NaN
   * equals nothing.
   */
  eq(this: Tensor, other: Operand): Tensor {
    return ops.eq<Tensor>(this, other);
  }
  /** Whether elements differ, a bool each. */
  ne(this: Tensor, other: Operand): Tensor {
    return ops.ne<Tensor>(this, other);
  }
  /** Whether elements are below the other's, a bool each. */
  lt(this: Tensor, other: Operand): Tensor {
    return ops.lt<Tensor>(this, other);
  }
  /** Whether elements are at most the other's, a bool each. */
  le(this: Tensor, other: Operand): Tensor {
    return ops.le<Tensor>(this, other);
  }
  /** Whether elements are above the other's, a bool each. */
  gt(this: Tensor, other: Operand): Tensor {
    return ops.gt<Tensor>(this, other);
  }
  /** Whether elements are at least the other's, a bool each. */
  ge(this: Tensor, other: Operand): Tensor {
    return ops.ge<Tensor>(this, other);
  }
  /** Whether both are true; any value but 0 is. Bool. */
  logicalAnd(this: Tensor, other: Operand): Tensor {
    return ops.logicalAnd<Tensor>(this, other);
  }
  /** Whether one of them is true, or both. Bool. */
  logicalOr(this: Tensor, other: Operand): Tensor {
    return ops.logicalOr<Tensor>(this, other);
  }
  /** Whether exactly one of them is true. Bool. */
  logicalXor(this: Tensor, other: Operand): Tensor {
    return ops.logicalXor<Tensor>(this, other);
  }
  /** Whether the value is 0. Bool. */
  logicalNot(this: Tensor): Tensor {
    return ops.logicalNot<Tensor>(this);
  }
  /** -x. @throws TypeError for bools: use {@link logicalNot} */
  neg(this: Tensor): Tensor {
    return ops.neg<Tensor>(this);
  }
  /** The absolute value. */
  abs(this: Tensor): Tensor {
    return ops.abs<Tensor>(this);
  }
  /** -1, 0 or 1; 0 for NaN. */
  sign(this: Tensor): Tensor {
    return ops.sign<Tensor>(this);
  }
  /** The next whole number at or below. The gradient is 0. */
  floor(this: Tensor): Tensor {
    return ops.floor<Tensor>(this);
  }
  /** The next whole number at or above. The gradient is 0. */
  ceil(this: Tensor): Tensor {
    return ops.ceil<Tensor>(this);
  }
  /** The next whole number toward 0. The gradient is 0. */
  trunc(this: Tensor): Tensor {
    return ops.trunc<Tensor>(this);
  }
  /** The square root; NaN below 0. Integers give float32. */
  sqrt(this: Tensor): Tensor {
    return ops.sqrt<Tensor>(this);
  }
  /** 1 / sqrt(x). Integers give float32. */
  rsqrt(this: Tensor): Tensor {
    return ops.rsqrt<Tensor>(this);
  }
  /** x * x. */
  square(this: Tensor): Tensor {
    return ops.square<Tensor>(this);
  }
  /** 1 / x. Integers give float32. */
  reciprocal(this: Tensor): Tensor {
    return ops.reciprocal<Tensor>(this);
  }
  /** e to the power of x. Integers give float32. */
  exp(this: Tensor): Tensor {
    return ops.exp<Tensor>(this);
  }
  /** exp(x) - 1, exact also where x is small. */
  expm1(this: Tensor): Tensor {
    return ops.expm1<Tensor>(this);
  }
  /** The natural logarithm: -Infinity at 0, NaN below. Integers give float32. */
  log(this: Tensor): Tensor {
    return ops.log<Tensor>(this);
  }
  /** log(1 + x), exact also where x is small. */
  log1p(this: Tensor): Tensor {
    return ops.log1p<Tensor>(this);
  }
  /** The logarithm to base 2. */
  log2(this: Tensor): Tensor {
    return ops.log2<Tensor>(this);
  }
  /** log(exp(x) + exp(other)), without overflow. Integers give float32. */
  logaddexp(this: Tensor, other: Operand): Tensor {
    return ops.logaddexp<Tensor>(this, other);
  }
  /** The sine of an angle in radians. */
  sin(this: Tensor): Tensor {
    return ops.sin<Tensor>(this);
  }
  /** The cosine of an angle in radians. */
  cos(this: Tensor): Tensor {
    return ops.cos<Tensor>(this);
  }
  /** The hyperbolic tangent, from -1 to 1. */
  tanh(this: Tensor): Tensor {
    return ops.tanh<Tensor>(this);
  }
  /** 1 / (1 + exp(-x)), from 0 to 1. */
  sigmoid(this: Tensor): Tensor {
    return ops.sigmoid<Tensor>(this);
  }
  /** max(x, 0). */
  relu(this: Tensor): Tensor {
    return ops.relu<Tensor>(this);
  }
  /** The error function: twice the normal distribution between 0 and x * sqrt(2). */
  erf(this: Tensor): Tensor {
    return ops.erf<Tensor>(this);
  }
  /** Whether the value is NaN. Bool. */
  isnan(this: Tensor): Tensor {
    return ops.isnan<Tensor>(this);
  }
  /** Whether the value is an infinity, of either sign. Bool. */
  isinf(this: Tensor): Tensor {
    return ops.isinf<Tensor>(this);
  }
  /** Whether the value is a number: neither NaN nor an infinity. Bool. */
  isfinite(this: Tensor): Tensor {
    return ops.isfinite<Tensor>(this);
  }
}

type Unary = (x: Tensor) => Tensor;
type Binary = (x: Operand, y: Operand) => Tensor;

/** x + y. */
export const add: Binary = ops.add;
/** x - y. */
export const sub: Binary = ops.sub;
/** x * y, element by element. */
export const mul: Binary = ops.mul;
/** x / y. Integers give float32. */
export const div: Binary = ops.div;
/** The remainder of x / y with the sign of y. */
export const remainder: Binary = ops.remainder;
/** The larger of two elements. */
export const maximum: Binary = ops.maximum;
/** The smaller of two elements. */
export const minimum: Binary = ops.minimum;
/** Whether x = y, a bool per element. */
export const eq: Binary = ops.eq;
/** Whether x and y differ, a bool per element. */
export const ne: Binary = ops.ne;
/** Whether x < y, a bool per element. */
export const lt: Binary = ops.lt;
/** Whether x <= y, a bool per element. */
export const le: Binary = ops.le;
/** Whether x > y, a bool per element. */
export const gt: Binary = ops.gt;
/** Whether x >= y, a bool per element. */
export const ge: Binary = ops.ge;
/** Whether both are true, a bool per element. */
export const logicalAnd: Binary = ops.logicalAnd;
/** Whether one of them is true, or both, a bool per element. */
export const logicalOr: Binary = ops.logicalOr;
/** Whether exactly one of them is true, a bool per element. */
export const logicalXor: Binary = ops.logicalXor;
/** Whether x is 0, a bool per element. */
export const logicalNot: Unary = ops.logicalNot;
/** -x. */
export const neg: Unary = ops.neg;
/** The absolute value. */
export const abs: Unary = ops.abs;
/** -1, 0 or 1. */
export const sign: Unary = ops.sign;
/** The next whole number at or below. */
export const floor: Unary = ops.floor;
/** The next whole number at or above. */
export const ceil: Unary = ops.ceil;
/** The next whole number toward 0. */
export const trunc: Unary = ops.trunc;
/** The square root. */
export const sqrt: Unary = ops.sqrt;
/** 1 / sqrt(x). */
export const rsqrt: Unary = ops.rsqrt;
/** x * x. */
export const square: Unary = ops.square;
/** 1 / x. */
export const reciprocal: Unary = ops.reciprocal;
/** e to the power of x. */
export const exp: Unary = ops.exp;
/** exp(x) - 1. */
export const expm1: Unary = ops.expm1;
/** The natural logarithm. */
export const log: Unary = ops.log;
/** log(1 + x). */
export const log1p: Unary = ops.log1p;
/** The logarithm to base 2. */
export const log2: Unary = ops.log2;
/** log(exp(x) + exp(y)), without overflow. Integers give float32. */
export const logaddexp: Binary = ops.logaddexp;
/** The sine of an angle in radians. */
export const sin: Unary = ops.sin;
/** The cosine of an angle in radians. */
export const cos: Unary = ops.cos;
/** The hyperbolic tangent. */
export const tanh: Unary = ops.tanh;
/** 1 / (1 + exp(-x)). */
export const sigmoid: Unary = ops.sigmoid;
/** max(x, 0). */
export const relu: Unary = ops.relu;
/** The error function. */
export const erf: Unary = ops.erf;
/** Whether x is NaN, a bool per element. */
export const isnan: Unary = ops.isnan;
/** Whether x is an infinity, a bool per element. */
export const isinf: Unary = ops.isinf;
/** Whether x is neither NaN nor an infinity, a bool per element. */
export const isfinite: Unary = ops.isfinite;
