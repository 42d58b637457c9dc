/**
 * Mean and variance of each channel over all added batches: the total variance is the mean of the
 * variances plus the variance of the means. Merged by the method of Chan, Golub and LeVeque 1983,
 * in double, so that a large mean costs no digits.
 */
export class ChannelPool {
  readonly mean: Float64Array;
  readonly #squares: Float64Array;
  #values = 0;

  constructor(channels: number) {
    this.mean = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /** Values per channel so far. */
  get values(): number {
    return this.#values;
  }

  /**
   * @param variances of the batch, over `values - correction`
   * @param values how many values of each channel the batch had
   */
  add(means: ArrayLike<number>, variances: ArrayLike<number>, values: number, correction: 0 | 1): void {
    const total = this.#values + values;
    for (let c = 0; c < this.mean.length; c++) {
      const apart = means[c] - this.mean[c];
      this.mean[c] += (apart * values) / total;
      this.#squares[c] += variances[c] * (values - correction) + (apart * apart * this.#values * values) / total;
    }
    this.#values = total;
  }

  /** Divided by the number of values minus one, like running variances. */
  unbiased(): Float64Array {
    return this.#squares.map((sum) => sum / (this.#values - 1));
  }

  biased(): Float64Array {
    return this.#squares.map((sum) => sum / this.#values);
  }
}
