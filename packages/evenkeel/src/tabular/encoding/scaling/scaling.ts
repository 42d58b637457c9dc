import type { OptionValue } from "../../../core/index.ts";
import type { NumberSummary } from "../../summary/columnSummary.ts";
import type { preprocessingOptions } from "../preprocessingOptions.ts";
import { deviationOf, divisorOf, meanOf, quantilesOf } from "./statistics.ts";

export type Scale = OptionValue<typeof preprocessingOptions, "scale">;

/** What the training rows say about the numbers of a column, and how these become an input. */
export interface Scaling {
  /** Taken where a value is missing. */
  readonly median: number;
  readonly center: number;
  readonly scale: number;
  /** Whether (value - center) / scale is squashed into -3 to 3. */
  readonly squash: boolean;
  /** The smallest and the largest value of the training rows; 0 where they have none. */
  readonly least: number;
  readonly most: number;
}

/**
 * Puts `values`, which are all there, into another order.
 * @param exact mean and deviation, where the values are a sample
 */
export function fitScaling(
  values: Float64Array,
  scale: Scale,
  exact?: Pick<NumberSummary, "mean" | "deviation">,
): Scaling {
  const [mean, deviation] =
    scale !== "zscore" ? [0, 1] : exact === undefined ? momentsOf(values) : [exact.mean, exact.deviation];
  // JSON has no -0: a center of 0 is +0 from the beginning.
  const [least, low, median, high, most] = quantilesOf(values, [0, 0.25, 0.5, 0.75, 1]).map((value) => value + 0);
  switch (scale) {
    case "squash":
      // As RealMLP has it: of a column that has one value in half of the rows, half the range.
      return { median, center: median, scale: high - low || most / 2 - least / 2 || 1, squash: true, least, most };
    case "robust":
      return { median, center: median, scale: high - low || 1, squash: false, least, most };
    case "zscore":
      return { median, center: mean, scale: divisorOf(deviation, mean), squash: false, least, most };
    case "none":
      return { median, center: 0, scale: 1, squash: false, least, most };
    default:
      return scale satisfies never;
  }
}

function momentsOf(values: Float64Array): [mean: number, deviation: number] {
  const mean = meanOf(values);
  return [mean, deviationOf(values, mean)];
}

/** Inputs lie within this of 0 when they are squashed. */
const limit = 3;
/** From here on the squashed value is the limit, to the bit, and squares are far from overflow. */
const flat = 1e9;

/** The input that a value becomes, a missing one that of the median. */
export function inputOf(value: number, { median, center, scale, squash, least, most }: Scaling): number {
  const z = ((Number.isNaN(value) ? median : value) - center) / scale;
  if (!squash) return z;
  // A network has not learned what to make of a column that did not vary.
  if (least === most) return 0;
  if (Math.abs(z) > flat) return z > 0 ? limit : -limit;
  return z / Math.sqrt(1 + (z / limit) * (z / limit));
}
