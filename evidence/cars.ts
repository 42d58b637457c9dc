import { manualSeed, randperm, type Tensor, tensor } from "evenkeel";
import { readMpg } from "../examples/mpg.ts";

/** The cars of Auto MPG, split by a seed. */
export interface Cars {
  /** [N, 9] as in the table, or with mean 0 and standard deviation 1 over the training rows */
  readonly trainX: Tensor;
  /** [N, 1], miles per gallon */
  readonly trainY: Tensor;
  readonly validX: Tensor;
  readonly validY: Tensor;
  readonly testX: Tensor;
  readonly testY: Tensor;
}

export const inputs = 9;
const [trainRows, validRows, testRows] = [251, 63, 78];

/**
 * For `estimateMean`: seeds split the same cars, so that errors of different seeds are correlated
 * (Nadeau and Bengio 2003).
 */
export const overlap = testRows / (trainRows + validRows);

const { x: values, y: targets } = readMpg();
const all = { x: tensor(values), y: tensor(targets).unsqueeze(1) };

/** 251 cars to train, 63 to validate and 78 to test. Seeds the default generator. */
export function cars(seed: number, scale: "raw" | "z-scored"): Cars {
  manualSeed(seed);
  const parts = randperm(all.x.shape[0]).split([trainRows, validRows, testRows]);
  const [first, ...others] = parts.map((part) => all.x.indexSelect(0, part));
  const [trainY, validY, testY] = parts.map((part) => all.y.indexSelect(0, part));
  const [mean, std] = [first.mean(0), first.std(0)];
  const scaled = (x: Tensor) => (scale === "raw" ? x : x.sub(mean).div(std));
  const [validX, testX] = others.map(scaled);
  return { trainX: scaled(first), trainY, validX, validY, testX, testY };
}
