import {
  checkOptions,
  checkValue,
  flag,
  instance,
  listOf,
  mismatch,
  numberBetween,
  refuse,
  wholeNumber,
  wrongShape,
} from "../../../core/index.ts";
import { requireTensor } from "../../../nn/checks.ts";
import { Buffer, Module } from "../../../nn/index.ts";
import { requireFloat } from "../../../ops/shapes.ts";
import { type Tensor, tensor } from "../../../tensor/index.ts";
import { largestFloat32 } from "../../schema/read.ts";
import { binEdges } from "./bins.ts";

/**
 * The edges of each column's bins, from its quantiles 0, 1 / nBins … 1; equal quantiles make one
 * edge. Compute them from the training rows alone. After `compute_bins` of
 * https://github.com/yandex-research/rtdl-num-embeddings
 *
 * @param x [n, features], floats
 * @param nBins the most bins of a column
 * @returns for each column its edges, two or more, ascending
 * @throws TypeError if `x` is no tensor of floats
 * @throws RangeError if it has another shape or no rows, a value is not finite, or a column has one
 *   value only
 */
export function computeBins(x: Tensor, nBins = 48): number[][] {
  checkValue("computeBins", "nBins", nBins, wholeNumber(1, mostBins));
  requireTensor("computeBins", "x", x);
  requireFloat("computeBins", "x", x);
  if (x.ndim !== 2) throw wrongShape("computeBins", "x", x.shape, "[n, features]");
  const [rows, features] = x.shape;
  if (rows === 0) throw refuse("wrong-value", "computeBins", "there are no rows");
  const data = x.contiguous().data;
  return Array.from({ length: features }, (_, j) => {
    const values = Float64Array.from({ length: rows }, (_, i) => data[i * features + j]);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const statement = `x[${wrong}, ${j}] is ${values[wrong]}`;
      throw mismatch("wrong-value", "computeBins", statement, "finite numbers", "fill what is missing first");
    }
    // As close as the numbers themselves can be told apart.
    const edges = [
      ...new Set(binEdges(values, nBins).map((edge) => (x.dtype === "float32" ? Math.fround(edge) : edge))),
    ];
    if (edges.length < 2) {
      const statement = `column ${j} of x has the value ${values[0]} in all rows`;
      throw refuse("wrong-value", "computeBins", statement, "leave it out, as nothing is between its values");
    }
    return edges;
  });
}

/** As many as nobody needs: each makes an input of every row. */
const mostBins = 65_536;

export interface PiecewiseLinearEncodingOptions {
  /**
   * Whether the first bin goes on below 0, and the last one above 1, for values outside the edges,
   * as in rtdl-num-embeddings. Default false: what is far outside changes nothing more.
   */
  readonly extrapolate?: boolean | undefined;
}

/**
 * The piecewise-linear encoding of numbers: each column becomes an input for each of its bins, 0
 * while the value is below the bin, 1 when it is above, and between them its place in the bin. A
 * linear layer behind it is a piecewise-linear function of each column. It has no parameters; the
 * edges are part of its state. NaN makes all inputs of its column NaN.
 * Gorishniy et al. 2022, https://arxiv.org/abs/2203.05556, section 3.2
 *
 * @example
 * const encoding = new PiecewiseLinearEncoding(computeBins(xTrain, 16));
 * const net = new nn.Sequential(encoding, new nn.Linear(encoding.outFeatures, 64), …);
 */
export class PiecewiseLinearEncoding extends Module {
  readonly inFeatures: number;
  /** The number of all bins. */
  readonly outFeatures: number;
  readonly extrapolate: boolean;
  /** Where each bin begins, [outFeatures] float32. */
  left: Buffer;
  /** [outFeatures] float32, above 0 */
  width: Buffer;
  /** How far each bin goes, if some go on; [2, outFeatures] float32, no part of the state. */
  limits: Buffer | null;
  /** Which column each bin is of. */
  readonly #columns: readonly number[];

  /**
   * @param bins the edges of each column's bins, as {@link computeBins} gives them
   * @throws TypeError or RangeError if they are no lists of two or more ascending numbers, told apart
   *   by float32; or for an option that is unknown or does not fit
   */
  constructor(bins: readonly (readonly number[])[], options: PiecewiseLinearEncodingOptions = {}) {
    super();
    const owner = "PiecewiseLinearEncoding";
    checkValue(owner, "bins", bins, columns);
    checkOptions(owner, options, ["extrapolate"]);
    const { extrapolate = false } = options;
    checkValue(owner, "extrapolate", extrapolate, flag());
    for (const [column, edges] of bins.entries()) {
      checkValue(owner, `bins[${column}]`, edges, edgesOfColumn);
      const wrong = edges.findIndex((edge, i) => i > 0 && !(Math.fround(edge) > Math.fround(edges[i - 1])));
      if (wrong < 0) continue;
      const statement = `bins[${column}][${wrong}] is ${edges[wrong]}`;
      throw mismatch("wrong-value", owner, statement, `more than the edge before, ${edges[wrong - 1]}, in float32`);
    }
    this.#columns = bins.flatMap((edges, column) => edges.slice(1).map(() => column));
    this.inFeatures = bins.length;
    this.outFeatures = this.#columns.length;
    this.extrapolate = extrapolate;
    this.left = new Buffer(tensor(bins.flatMap((edges) => edges.slice(0, -1))));
    this.width = new Buffer(tensor(bins.flatMap((edges) => edges.slice(1).map((edge, i) => edge - edges[i]))));
    this.limits = extrapolate ? new Buffer(tensor(limitsOf(bins)), { persistent: false }) : null;
  }

  /** [..., inFeatures] -> [..., outFeatures], the bins of a column together. */
  override forward(x: Tensor): Tensor {
    requireTensor("PiecewiseLinearEncoding", "input", x);
    requireFloat("PiecewiseLinearEncoding", "input", x);
    if (x.ndim < 1 || x.shape[x.ndim - 1] !== this.inFeatures) {
      throw wrongShape("PiecewiseLinearEncoding", "input", x.shape, `[..., ${this.inFeatures}]`);
    }
    const place = x.indexSelect(-1, this.#columns).sub(this.left).div(this.width);
    const { limits } = this;
    return limits === null ? place.clamp(0, 1) : place.maximum(limits.select(0, 0)).minimum(limits.select(0, 1));
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, extrapolate } = this;
    return `${inFeatures}, ${outFeatures}${extrapolate ? ", extrapolate=True" : ""}`;
  }
}

const columns = /* @__PURE__ */ listOf(instance<readonly number[]>(Array, "edges"), "a list of edges for each column");
const edgesOfColumn = /* @__PURE__ */ listOf(
  numberBetween(-largestFloat32, largestFloat32, "edge"),
  "two or more edges, numbers that float32 can hold",
  { least: 2 },
);

/** From 0 to 1, but for the first bin of each column, and the last. */
function limitsOf(bins: readonly (readonly number[])[]): number[][] {
  const places = bins.flatMap(({ length }) => Array.from({ length: length - 1 }, (_, i) => [i, length - 2]));
  return [
    places.map(([i]) => (i === 0 ? Number.NEGATIVE_INFINITY : 0)),
    places.map(([i, last]) => (i === last ? Number.POSITIVE_INFINITY : 1)),
  ];
}
