import { fma, productError, sumError } from "./fma.ts";

/**
 * A number of about 106 bits as an unevaluated sum of two doubles (Dekker 1971): enough to round a
 * float64 function correctly in nearly all cases. Mutable, because these steps are small and many.
 */
export class DoubleDouble {
  high: number;
  low: number;

  /** `high + low` as given: |low| must be at most half a unit in the last place of `high`. */
  constructor(high: number, low = 0) {
    this.high = high;
    this.low = low;
  }

  copy(): DoubleDouble {
    return new DoubleDouble(this.high, this.low);
  }

  add(high: number, low = 0): this {
    const sum = this.high + high;
    return this.#set(sum, sumError(this.high, high, sum) + (this.low + low));
  }

  multiply(high: number, low = 0): this {
    const product = this.high * high;
    const error = productError(this.high, high, product);
    return this.#set(product, error + (this.high * low + this.low * high));
  }

  divide(high: number, low = 0): this {
    const quotient = this.high / high;
    const product = quotient * high;
    const remainder = this.high - product - productError(quotient, high, product) + this.low - quotient * low;
    return this.#set(quotient, remainder / high);
  }

  /**
   * Sets the value to `high + low`, |low| < |high|, and moves as much as fits into the high part.
   */
  #set(high: number, low: number): this {
    this.high = high + low;
    this.low = low - (this.high - high);
    return this;
  }
}

/** 1 / n to 106 bits. */
export function reciprocal(n: number): DoubleDouble {
  const high = 1 / n;
  return new DoubleDouble(high, fma(-n, high, 1) / n);
}
