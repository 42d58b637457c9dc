import type { AnyOp } from "../core/index.ts";
import { memberProducts, memberWeightProducts } from "../ops/ensemble/ensembleMatmul.loops.ts";
import type { EnsembleMatmulAttrs } from "../ops/ensemble/ensembleMatmul.ts";
import * as ops from "../ops/index.ts";
import { type MatmulAttrs, multiplyBatches, multiplyLinear } from "../ops/matmul/matmul.ts";
import { type Multiply, product } from "../ops/matmul/product.ts";
import { channelStatistics, normalizeBackward, normalizeForward } from "../ops/normalize/normalize.loops.ts";
import type { BatchNormAttrs } from "../ops/normalize/normalize.ts";
import type { FasterReferences } from "../tensor/eager.ts";
import { fasterPasses } from "./batchNorm.ts";
import { fasterElementwise } from "./elementwise.ts";
import { Products } from "./products.ts";
import { Repaid } from "./repaid.ts";

/** Products of fewer multiply-adds take as long to copy as to compute. So does a single row. */
const worthCopying = 500;
/** A program that has done fewer multiply-adds would wait longer for the code than for its products. */
const worthMaking = 1_000_000;

const products = new Repaid(worthMaking, () => new Products());

/** As {@link product}, to the same bits. */
export const multiply: Multiply = (op, a, transposeA, b, transposeB, y, m, n, k, bias) => {
  const size = m * n * k;
  const isWorth = m > 1 && size >= worthCopying && !(y instanceof Int32Array);
  const made = isWorth ? products.forWork(size) : undefined;
  if (made === undefined) product(op, a, transposeA, b, transposeB, y, m, n, k, bias);
  else made.multiply({ a, transposeA, b, transposeB, y, m, n, k, bias });
};

/** One operation of IEEE 754 per element: see {@link fasterElementwise}. */
export const elementwise: readonly AnyOp[] = [
  ...[ops.add, ops.sub, ops.mul, ops.div, ops.maximum, ops.minimum],
  ...[ops.neg, ops.abs, ops.square, ops.sqrt, ops.relu],
  ...[ops.eq, ops.ne, ops.lt, ops.le, ops.gt, ops.ge, ops.where],
];

/** What eager execution runs instead of references, where there is an assembler. */
export const fasterReferences: FasterReferences = new Map<AnyOp, AnyOp["reference"]>([
  [ops.matmul, ([a, b], [y], attrs: MatmulAttrs) => multiplyBatches(multiply, a, b, y, attrs)],
  [ops.linear, (inputs, [y]) => multiplyLinear(multiply, inputs, y)],
  [
    ops.ensembleMatmul,
    ([x, weight], [y], { transposeB = false }: EnsembleMatmulAttrs) =>
      memberProducts(multiply, x, weight, transposeB, y),
  ],
  [ops.ensembleMatmulWeight, ([x, dy], [dweight]) => memberWeightProducts(multiply, x, dy, dweight)],
  [
    ops.batchNorm,
    ([x, weight, bias], [y, mean, variance], { eps }: BatchNormAttrs) => {
      channelStatistics(x, mean.data, variance.data, fasterPasses);
      normalizeForward(x, mean, variance, weight, bias, eps, y, fasterPasses);
    },
  ],
  [
    ops.batchNormEval,
    ([x, mean, variance, weight, bias], [y], { eps }: BatchNormAttrs) =>
      normalizeForward(x, mean, variance, weight, bias, eps, y, fasterPasses),
  ],
  [
    ops.batchNormBackward,
    (inputs, outputs, { eps }: BatchNormAttrs) => normalizeBackward(inputs, outputs, eps, fasterPasses),
  ],
  ...elementwise.map((op) => [op, fasterElementwise(op)] as const),
]);
