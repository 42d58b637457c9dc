import { F, manualSeed, type Tensor } from "evenkeel";
import { readDigits } from "../examples/digits.ts";

/** The handwritten digits of the `mnist` package, smaller, and always split the same way. */
export interface Split {
  /** [N, 1, side, side], mean 0 and standard deviation 1 over all training pixels */
  readonly trainX: Tensor;
  /** [N], int32 */
  readonly trainY: Tensor;
  readonly testX: Tensor;
  readonly testY: Tensor;
}

/**
 * 8,000 digits to train and 2,000 to test, each pixel the mean of several. Seeds the generator.
 * @param side of a picture: 7 or 14
 */
export function digits(side = 7): Split {
  manualSeed(0);
  const { x, y } = readDigits();
  const small = F.avgPool2d(x, 28 / side);
  const [trainX, testX] = small.split([8000, 2000]);
  const [trainY, testY] = y.split([8000, 2000]);
  const [mean, std] = [trainX.mean(), trainX.std()];
  return { trainX: trainX.sub(mean).div(std), trainY, testX: testX.sub(mean).div(std), testY };
}
