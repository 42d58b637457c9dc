import type { Random } from "../random.ts";
import type { Row } from "./row.ts";

/**
 * Activations of networks for pictures, and the forms of dropout, as functions and as layers. RReLU
 * is not among them: how much it draws depends on signs, and so on rounding.
 */

export const activationRows: readonly Row[] = [
  "F.relu6(A)",
  "F.hardtanh(A, { minVal: -0.4, maxVal: 0.9 })",
  "F.hardswish(A)",
  "F.hardsigmoid(A)",
  "F.mish(A)",
  "F.selu(A)",
  "F.celu(A, { alpha: 0.7 })",
  "F.softsign(A)",
  "F.tanhshrink(A)",
  "F.softshrink(A, { lambd: 0.3 })",
  "F.hardshrink(A)",
  "F.threshold(A, 0.1, 0.5)",
  "F.softmin(A, { dim: -1 })",
  "F.glu(A)",
  "F.glu(A, { dim: 0 })",
  "A.unflatten(-1, [-1, 1])",
  "A.unflatten(0, [1, -1])",
];

export const dropoutRows: readonly Row[] = [
  "F.alphaDropout(A, { p: 0.3, training: true })",
  "F.featureAlphaDropout(A, { p: 0.3, training: true })",
  "F.dropout1d(A, { p: 0.3 })",
  "F.dropout2d(A, { p: 0.4 })",
  "F.dropout3d(A.unsqueeze(0), { p: 0.4 })",
];

const layers = [
  ..."ReLU6 Hardswish Hardsigmoid Hardtanh Mish SELU CELU PReLU Softsign Tanhshrink Softshrink Hardshrink GLU".split(
    " ",
  ),
].map((name) => `${name}()`);

/** A layer among those above. */
export const activationLayer = (random: Random): string =>
  random.pick([...layers, "PReLU({ init: 0.1 })", "Threshold(0.1, 0.5)", "Hardtanh(-0.3, 0.6)", "Softshrink(0.2)"]);

export const dropoutLayer = (random: Random): string =>
  `${random.pick(["Dropout1d", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout"])}()`;
