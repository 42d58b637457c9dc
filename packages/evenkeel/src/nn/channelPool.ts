/**
 * Mean and variance of each channel over all values that were added, batch by batch: the variance of the whole is the mean
 * of the variances and the variance of the means. Merged as Chan, Golub and LeVeque 1983 do it, in double, so that a large
 * mean costs no digits.
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

  /** Over the number of values less one, as running variances are. */
  unbiased(): Float64Array {
    return this.#squares.map((sum) => sum / (this.#values - 1));
  }

  biased(): Float64Array {
    return this.#squares.map((sum) => sum / this.#values);
  }
}
