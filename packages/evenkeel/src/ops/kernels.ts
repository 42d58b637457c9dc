import type { AnyOp } from "../core/index.ts";
import { type AnyKernel, noKernel } from "../wasm/index.ts";
import {
  convolutionBackwardLastKernel,
  convolutionInputLastKernel,
  convolutionLastKernel,
  convolutionWeightLastKernel,
} from "./channelsLast/convolutionLast.kernel.ts";
import {
  batchNormEvalLastKernel,
  batchNormLastKernel,
  batchNormReluLastKernel,
  batchNormReluMaxPoolLastKernel,
  batchNormReluMeanLastKernel,
} from "./channelsLast/norm.kernel.ts";
import {
  batchNormBackwardLastKernel,
  batchNormReluBackwardLastKernel,
  batchNormReluMaxPoolBackwardLastKernel,
  batchNormReluMeanBackwardLastKernel,
} from "./channelsLast/normBackward.kernel.ts";
import { maxPoolBackwardLastKernel, maxPoolLastKernel } from "./channelsLast/pool.kernel.ts";
import { fromChannelsLastKernel, toChannelsLastKernel } from "./channelsLast/turn.kernel.ts";
import { convolutionInputKernel, convolutionKernel, convolutionWeightKernel } from "./conv/convolution.kernel.ts";
import {
  eluKernel,
  geluBackwardKernel,
  geluKernel,
  geluTanhBackwardKernel,
  geluTanhKernel,
  leakyReluKernel,
  logSigmoidKernel,
  reluKernel,
  sigmoidKernel,
  siluBackwardKernel,
  siluKernel,
  softplusKernel,
} from "./elementwise/activation.kernel.ts";
import {
  eqKernel,
  geKernel,
  gtKernel,
  isfiniteKernel,
  isinfKernel,
  isnanKernel,
  leKernel,
  logicalAndKernel,
  logicalNotKernel,
  logicalOrKernel,
  logicalXorKernel,
  ltKernel,
  neKernel,
} from "./elementwise/compare.kernel.ts";
import {
  absKernel,
  addKernel,
  ceilKernel,
  clampKernel,
  divKernel,
  expKernel,
  floorKernel,
  logKernel,
  maximumKernel,
  minimumKernel,
  mulKernel,
  negKernel,
  powKernel,
  reciprocalKernel,
  remainderKernel,
  roundKernel,
  rsqrtKernel,
  signKernel,
  sqrtKernel,
  squareKernel,
  subKernel,
  truncKernel,
  whereKernel,
} from "./elementwise/elementwise.kernel.ts";
import {
  cosKernel,
  erfKernel,
  expm1Kernel,
  log1pKernel,
  log2Kernel,
  sinKernel,
  tanhKernel,
} from "./elementwise/functions.kernel.ts";
import { embeddingBackwardKernel, embeddingKernel } from "./embedding/embedding.kernel.ts";
import { oneHotKernel } from "./embedding/oneHot.kernel.ts";
import { groupNormBackwardKernel, groupNormKernel } from "./groupNorm/groupNorm.kernel.ts";
import { layerNormDoubles } from "./layerNorm/layerNorm.doubles.ts";
import { layerNormBackwardKernel, layerNormKernel } from "./layerNorm/layerNorm.kernel.ts";
import { rmsNormBackwardKernel, rmsNormKernel } from "./layerNorm/rmsNorm.kernel.ts";
import { crossEntropyDoubles } from "./loss/crossEntropy.doubles.ts";
import { crossEntropyBackwardKernel, crossEntropyKernel } from "./loss/crossEntropy.kernel.ts";
import {
  bceKernel,
  bceWithLogitsKernel,
  bceWithLogitsSlopeKernel,
  huberKernel,
  smoothL1Kernel,
} from "./loss/loss.kernel.ts";
import { linearKernel, matmulKernel } from "./matmul/matmul.kernel.ts";
import { fillKernel, literalKernel } from "./movement/creation.kernel.ts";
import { gatherKernel, indexAddKernel, indexSelectKernel, scatterAddKernel } from "./movement/gather.kernel.ts";
import {
  castKernel,
  cloneKernel,
  concatKernel,
  expandKernel,
  permuteKernel,
  sliceKernel,
  unsliceKernel,
} from "./movement/movement.kernel.ts";
import { batchNormEvalKernel, batchNormKernel, batchNormReluKernel } from "./normalize/normalize.kernel.ts";
import { batchNormBackwardKernel, batchNormReluBackwardKernel } from "./normalize/normalizeBackward.kernel.ts";
import { byLayout } from "./normalize/normalizeChannels.kernel.ts";
import { updateRunningStatsKernel } from "./normalize/runningStats.kernel.ts";
import {
  adamStepKernel,
  amsgradStepKernel,
  sgdMomentumStepKernel,
  sgdStepKernel,
} from "./optimizer/optimizer.kernel.ts";
import { argsortKernel, cumsumKernel, lastWriterKernel } from "./ordering/ordering.kernel.ts";
import {
  adaptiveAvgPoolBackwardKernel,
  adaptiveAvgPoolKernel,
  adaptiveMaxPoolKernel,
  avgPoolBackwardKernel,
  avgPoolKernel,
  lpPoolBackwardKernel,
  lpPoolKernel,
  maxPoolBackwardKernel,
  maxPoolKernel,
  maxUnpoolKernel,
} from "./pool/pool.kernel.ts";
import {
  bernoulliKernel,
  bernoulliOfKernel,
  dropoutMaskKernel,
  normalKernel,
  randintKernel,
  randpermKernel,
  uniformKernel,
} from "./random/random.kernel.ts";
import { byDtype } from "./reduce/lines.doubles.ts";
import {
  allKernel,
  amaxKernel,
  aminKernel,
  anyKernel,
  argmaxKernel,
  argminKernel,
  logsumexpKernel,
  meanKernel,
  prodKernel,
  stdKernel,
  sumKernel,
  varianceKernel,
  vectorNormKernel,
} from "./reduce/reduce.kernel.ts";
import { resizeBackwardKernel, resizeKernel } from "./resize/resize.kernel.ts";
import { softmaxDoubles } from "./softmax/softmax.doubles.ts";
import { logSoftmaxBackwardKernel, logSoftmaxKernel, softmaxKernel } from "./softmax/softmax.kernel.ts";
import { assignKernel } from "./state/state.kernel.ts";
import { type RowName, table } from "./table.ts";

const alias = noKernel("an alias: nothing is computed");
const cold = noKernel("a layer of 2012 that nobody waits for");

/**
 * The kernel of every row, beside the table rather than in it, so that a page that only runs eagerly does not ship them.
 * A row without an entry does not compile; one without a kernel says why, and compiled programs call its reference.
 */
export const kernels: { readonly [K in RowName]: AnyKernel } = {
  abs: absKernel,
  adamStep: adamStepKernel,
  adaptiveAvgPool: adaptiveAvgPoolKernel,
  adaptiveAvgPoolBackward: adaptiveAvgPoolBackwardKernel,
  adaptiveMaxPool: adaptiveMaxPoolKernel,
  add: addKernel,
  all: allKernel,
  amax: amaxKernel,
  amin: aminKernel,
  amsgradStep: amsgradStepKernel,
  any: anyKernel,
  argmax: argmaxKernel,
  argmin: argminKernel,
  argsort: argsortKernel,
  assign: assignKernel,
  avgPool: avgPoolKernel,
  avgPoolBackward: avgPoolBackwardKernel,
  batchNorm: byLayout("batchNorm", batchNormKernel),
  batchNormBackward: byLayout("batchNormBackward", batchNormBackwardKernel),
  batchNormBackwardLast: batchNormBackwardLastKernel,
  batchNormEval: byLayout("batchNormEval", batchNormEvalKernel),
  batchNormEvalLast: batchNormEvalLastKernel,
  batchNormLast: batchNormLastKernel,
  batchNormRelu: byLayout("batchNormRelu", batchNormReluKernel),
  batchNormReluBackward: byLayout("batchNormReluBackward", batchNormReluBackwardKernel),
  batchNormReluBackwardLast: batchNormReluBackwardLastKernel,
  batchNormReluLast: batchNormReluLastKernel,
  batchNormReluMaxPoolBackwardLast: batchNormReluMaxPoolBackwardLastKernel,
  batchNormReluMaxPoolLast: batchNormReluMaxPoolLastKernel,
  batchNormReluMeanBackwardLast: batchNormReluMeanBackwardLastKernel,
  batchNormReluMeanLast: batchNormReluMeanLastKernel,
  bce: bceKernel,
  bceWithLogits: bceWithLogitsKernel,
  bceWithLogitsSlope: bceWithLogitsSlopeKernel,
  bernoulli: bernoulliKernel,
  bernoulliOf: bernoulliOfKernel,
  cast: castKernel,
  ceil: ceilKernel,
  clamp: clampKernel,
  clone: cloneKernel,
  concat: concatKernel,
  convolution: convolutionKernel,
  convolutionBackwardLast: convolutionBackwardLastKernel,
  convolutionInput: convolutionInputKernel,
  convolutionInputLast: convolutionInputLastKernel,
  convolutionLast: convolutionLastKernel,
  convolutionWeight: convolutionWeightKernel,
  convolutionWeightLast: convolutionWeightLastKernel,
  cos: cosKernel,
  crossEntropy: byDtype(crossEntropyKernel, crossEntropyDoubles.crossEntropy),
  crossEntropyBackward: byDtype(crossEntropyBackwardKernel, crossEntropyDoubles.crossEntropyBackward),
  cumsum: cumsumKernel,
  detach: alias,
  div: divKernel,
  dropoutMask: dropoutMaskKernel,
  elu: eluKernel,
  embedding: embeddingKernel,
  embeddingBackward: embeddingBackwardKernel,
  eq: eqKernel,
  erf: erfKernel,
  exp: expKernel,
  expand: expandKernel,
  expm1: expm1Kernel,
  fill: fillKernel,
  floor: floorKernel,
  fold: noKernel("windows are gathered on the host"),
  fromChannelsLast: fromChannelsLastKernel,
  gather: gatherKernel,
  ge: geKernel,
  gelu: geluKernel,
  geluBackward: geluBackwardKernel,
  geluTanh: geluTanhKernel,
  geluTanhBackward: geluTanhBackwardKernel,
  groupNorm: groupNormKernel,
  groupNormBackward: groupNormBackwardKernel,
  gt: gtKernel,
  huber: huberKernel,
  indexAdd: indexAddKernel,
  indexSelect: indexSelectKernel,
  isfinite: isfiniteKernel,
  isinf: isinfKernel,
  isnan: isnanKernel,
  lastWriter: lastWriterKernel,
  layerNorm: byDtype(layerNormKernel, layerNormDoubles.layerNorm),
  layerNormBackward: byDtype(layerNormBackwardKernel, layerNormDoubles.layerNormBackward),
  le: leKernel,
  leakyRelu: leakyReluKernel,
  linear: linearKernel,
  literal: literalKernel,
  localResponseNorm: cold,
  localResponseNormBackward: cold,
  log: logKernel,
  log1p: log1pKernel,
  log2: log2Kernel,
  logSigmoid: logSigmoidKernel,
  logSoftmax: byDtype(logSoftmaxKernel, softmaxDoubles.logSoftmax),
  logSoftmaxBackward: byDtype(logSoftmaxBackwardKernel, softmaxDoubles.logSoftmaxBackward),
  logicalAnd: logicalAndKernel,
  logicalNot: logicalNotKernel,
  logicalOr: logicalOrKernel,
  logicalXor: logicalXorKernel,
  logsumexp: logsumexpKernel,
  lpPool: lpPoolKernel,
  lpPoolBackward: lpPoolBackwardKernel,
  lt: ltKernel,
  matmul: matmulKernel,
  max: amaxKernel,
  maxPool: maxPoolKernel,
  maxPoolBackwardLast: maxPoolBackwardLastKernel,
  maxPoolLast: maxPoolLastKernel,
  maxPoolBackward: maxPoolBackwardKernel,
  maxUnpool: maxUnpoolKernel,
  maximum: maximumKernel,
  mean: meanKernel,
  min: aminKernel,
  minimum: minimumKernel,
  mul: mulKernel,
  ne: neKernel,
  neg: negKernel,
  normal: normalKernel,
  oneHot: oneHotKernel,
  pad: noKernel("borders are copied on the host"),
  padBackward: noKernel("borders are summed on the host"),
  permute: permuteKernel,
  pow: powKernel,
  prod: prodKernel,
  randint: randintKernel,
  randperm: randpermKernel,
  reciprocal: reciprocalKernel,
  relu: reluKernel,
  remainder: remainderKernel,
  reshape: alias,
  resize: resizeKernel,
  resizeBackward: resizeBackwardKernel,
  rmsNorm: rmsNormKernel,
  rmsNormBackward: rmsNormBackwardKernel,
  round: roundKernel,
  rsqrt: rsqrtKernel,
  scatterAdd: scatterAddKernel,
  sgdMomentumStep: sgdMomentumStepKernel,
  sgdStep: sgdStepKernel,
  sigmoid: sigmoidKernel,
  sign: signKernel,
  silu: siluKernel,
  siluBackward: siluBackwardKernel,
  sin: sinKernel,
  slice: sliceKernel,
  smoothL1: smoothL1Kernel,
  softmax: byDtype(softmaxKernel, softmaxDoubles.softmax),
  softplus: softplusKernel,
  sqrt: sqrtKernel,
  square: squareKernel,
  std: stdKernel,
  sub: subKernel,
  sum: sumKernel,
  tanh: tanhKernel,
  toChannelsLast: toChannelsLastKernel,
  trunc: truncKernel,
  unfold: noKernel("windows are gathered on the host"),
  uniform: uniformKernel,
  unslice: unsliceKernel,
  updateRunningStats: updateRunningStatsKernel,
  variance: varianceKernel,
  vectorNorm: vectorNormKernel,
  where: whereKernel,
};

const byRow = new Map<AnyOp, AnyKernel>(Object.entries(table).map(([name, row]) => [row, kernels[name as RowName]]));

export function kernelOf(op: AnyOp): AnyKernel {
  return byRow.get(op) ?? noKernel("the op is not in the table");
}
