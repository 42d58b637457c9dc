import * as ek from "evenkeel";
import * as F from "evenkeel/nn/functional";

type Tensor = ek.Tensor;
export type Operand = Tensor | number;
type Reduction = "none" | "mean" | "sum";

/** torch's keyword arguments, as ops.json has them. */
export interface Args {
  readonly dim?: number | number[];
  readonly keepdim?: boolean;
  readonly correction?: number;
  readonly min?: number;
  readonly max?: number;
  readonly p?: number | "inf";
  readonly exponent?: number;
  readonly base?: number;
  readonly shape?: number[];
  readonly dim0?: number;
  readonly dim1?: number;
  readonly dims?: number[];
  readonly start?: number;
  readonly stop?: number;
  readonly step?: number;
  readonly length?: number;
  readonly index?: number;
  readonly size?: number | number[];
  readonly n?: number;
  readonly start_dim?: number;
  readonly end_dim?: number;
  readonly negative_slope?: number;
  readonly alpha?: number;
  readonly approximate?: "none" | "tanh";
  readonly beta?: number;
  readonly threshold?: number;
  readonly reduction?: Reduction;
  readonly delta?: number;
  readonly ignore_index?: number;
  readonly label_smoothing?: number;
  readonly training?: boolean;
  readonly momentum?: number;
  readonly eps?: number;
  readonly over?: number;
  readonly padding_idx?: number;
  readonly dtype?: ek.DType;
  readonly num_classes?: number;
  readonly end?: number;
  readonly steps?: number;
  readonly m?: number;
  /** An index: what JSON has, and places among the inputs. */
  readonly at?: readonly (ek.Index | { readonly input: number })[];
  readonly descending?: boolean;
  readonly k?: number;
  readonly largest?: boolean;
  readonly diagonal?: number;
  readonly times?: number[];
  readonly decimals?: number;
  readonly equal_nan?: boolean;
  readonly groups?: number;
  readonly use_input_stats?: boolean;
}

type Call = (inputs: readonly Operand[], args: Args) => Tensor | readonly Tensor[];

const unary =
  (fn: (x: Tensor) => Tensor): Call =>
  ([x]) =>
    fn(x as Tensor);

const binary =
  (fn: (x: Tensor, y: Operand) => Tensor): Call =>
  ([x, y]) =>
    fn(x as Tensor, y);

/** Calls whose inputs are all tensors. */
const tensors =
  (fn: (inputs: readonly Tensor[], args: Args) => Tensor | readonly Tensor[]): Call =>
  (inputs, args) =>
    fn(inputs as readonly Tensor[], args);

/** torch says `()` for all dimensions. */
const dimsOf = (dim: Args["dim"]) => (Array.isArray(dim) && dim.length === 0 ? undefined : dim);

/** An index with the tensors among the inputs in their places. */
const indexOf = ({ at = [] }: Args, inputs: readonly Operand[]): ek.Index[] =>
  at.map((item) => (typeof item === "object" && item !== null && "input" in item ? inputs[item.input] : item));

const written: Call = (inputs, args) => {
  const [x, value] = inputs as readonly [Tensor, Operand];
  return x.clone().set_(...indexOf(args, inputs), value);
};

const axis = (args: Args) => args.dim as number;

/** How the library says each call of ops.json. */
export const opCalls: Readonly<Record<string, Call>> = {
  add: binary((x, y) => x.add(y)),
  sub: binary((x, y) => x.sub(y)),
  mul: binary((x, y) => x.mul(y)),
  div: binary((x, y) => x.div(y)),
  rsub: ([x, c]) => ek.sub(c, x),
  rdiv: ([x, c]) => ek.div(c, x),
  maximum: binary((x, y) => x.maximum(y)),
  minimum: binary((x, y) => x.minimum(y)),
  pow: binary((x, y) => x.pow(y)),
  rpow: ([x, c]) => ek.pow(c, x),
  power: tensors(([x], { exponent }) => x.pow(exponent!)),
  rpower: tensors(([x], { base }) => ek.pow(base!, x)),
  remainder: binary((x, y) => x.remainder(y)),
  eq: binary((x, y) => x.eq(y)),
  ne: binary((x, y) => x.ne(y)),
  lt: binary((x, y) => x.lt(y)),
  le: binary((x, y) => x.le(y)),
  gt: binary((x, y) => x.gt(y)),
  ge: binary((x, y) => x.ge(y)),
  logical_and: binary((x, y) => x.logicalAnd(y)),
  logical_or: binary((x, y) => x.logicalOr(y)),
  logical_xor: binary((x, y) => x.logicalXor(y)),
  logical_not: unary((x) => x.logicalNot()),
  where: tensors(([condition, x, y]) => ek.where(condition, x, y)),
  clamp: tensors(([x], { min, max }) => x.clamp({ min, max })),

  neg: unary((x) => x.neg()),
  abs: unary((x) => x.abs()),
  sign: unary((x) => x.sign()),
  exp: unary((x) => x.exp()),
  expm1: unary((x) => x.expm1()),
  log: unary((x) => x.log()),
  log1p: unary((x) => x.log1p()),
  log2: unary((x) => x.log2()),
  sqrt: unary((x) => x.sqrt()),
  rsqrt: unary((x) => x.rsqrt()),
  square: unary((x) => x.square()),
  reciprocal: unary((x) => x.reciprocal()),
  sin: unary((x) => x.sin()),
  cos: unary((x) => x.cos()),
  tanh: unary((x) => x.tanh()),
  sigmoid: unary((x) => x.sigmoid()),
  relu: unary((x) => x.relu()),
  erf: unary((x) => x.erf()),
  floor: unary((x) => x.floor()),
  ceil: unary((x) => x.ceil()),
  round: unary((x) => x.round()),
  trunc: unary((x) => x.trunc()),
  isnan: unary((x) => x.isnan()),
  isinf: unary((x) => x.isinf()),
  isfinite: unary((x) => x.isfinite()),

  sum: tensors(([x], { dim, keepdim }) => x.sum(dim, { keepdim })),
  mean: tensors(([x], { dim, keepdim }) => x.mean(dim, { keepdim })),
  prod: tensors(([x], { dim, keepdim }) => x.prod(dim, { keepdim })),
  var: tensors(([x], { dim, keepdim, correction }) => x.var(dim, { keepdim, correction })),
  std: tensors(([x], { dim, keepdim, correction }) => x.std(dim, { keepdim, correction })),
  max: unary((x) => x.max()),
  min: unary((x) => x.min()),
  max_dim: tensors(([x], args) => {
    const { values, indices } = x.max(axis(args), { keepdim: args.keepdim });
    return [values, indices];
  }),
  min_dim: tensors(([x], args) => {
    const { values, indices } = x.min(axis(args), { keepdim: args.keepdim });
    return [values, indices];
  }),
  argmax: tensors(([x], args) => x.argmax(axis(args), { keepdim: args.keepdim })),
  argmin: tensors(([x], args) => x.argmin(axis(args), { keepdim: args.keepdim })),
  any: tensors(([x], { dim, keepdim }) => x.any(dim, { keepdim })),
  all: tensors(([x], { dim, keepdim }) => x.all(dim, { keepdim })),
  logsumexp: tensors(([x], { dim, keepdim }) => x.logsumexp(dim!, { keepdim })),
  amax: tensors(([x], { dim, keepdim }) => x.amax(dimsOf(dim), { keepdim })),
  amin: tensors(([x], { dim, keepdim }) => x.amin(dimsOf(dim), { keepdim })),
  norm_dim: tensors(([x], { p, dim, keepdim }) => x.norm(p === "inf" ? Number.POSITIVE_INFINITY : p, dim, { keepdim })),
  norm_of: tensors(([x], { p, dim }) => x.norm(p === "inf" ? Number.POSITIVE_INFINITY : p, dim)),
  norm: tensors(([x], { p }) => x.norm(p === "inf" ? Number.POSITIVE_INFINITY : p)),

  reshape: tensors(([x], { shape }) => x.reshape(shape!)),
  transpose: tensors(([x], { dim0, dim1 }) => x.transpose(dim0!, dim1!)),
  T: unary((x) => x.T),
  permute: tensors(([x], { dims }) => x.permute(...dims!)),
  expand: tensors(([x], { shape }) => x.expand(...shape!)),
  narrow: tensors(([x], { dim, start, length }) => x.narrow(dim as number, start!, length!)),
  slice: tensors(([x], { dim, start, stop, step }) => x.slice(dim as number, start, stop, step)),
  select: tensors(([x], { dim, index }) => x.select(dim as number, index!)),
  index_select: tensors(([x, index], args) => x.indexSelect(axis(args), index)),
  gather: tensors(([x, index], args) => x.gather(axis(args), index)),
  cat: tensors((xs, args) => ek.cat([...xs], axis(args))),
  stack: tensors((xs, args) => ek.stack([...xs], axis(args))),
  split: tensors(([x], args) => x.split(args.size!, axis(args))),
  chunk: tensors(([x], args) => x.chunk(args.n!, axis(args))),
  squeeze: tensors(([x], args) => x.squeeze(axis(args))),
  unsqueeze: tensors(([x], args) => x.unsqueeze(axis(args))),
  flatten: tensors(([x], { start_dim, end_dim }) => x.flatten(start_dim, end_dim)),

  at: (inputs, args) => (inputs[0] as Tensor).at(...indexOf(args, inputs)),
  at_mask: (inputs, args) => (inputs[0] as Tensor).at(...indexOf(args, inputs)),
  set_: written,
  set_mask: written,
  masked_select: tensors(([x, mask]) => x.maskedSelect(mask)),
  masked_fill: ([x, mask, value]) => (x as Tensor).maskedFill(mask as Tensor, value),
  nonzero: unary((x) => x.nonzero()),
  nonzero_tuple: tensors(([x]) => x.nonzero({ asTuple: true })),
  scatter: ([x, index, value], args) => (x as Tensor).scatter(axis(args), index as Tensor, value),
  scatter_add: tensors(([x, index, value], args) => x.scatterAdd(axis(args), index, value)),

  cumsum: tensors(([x], args) => x.cumsum(axis(args))),
  sort: tensors(([x], args) => [...x.sort(axis(args), { descending: args.descending })]),
  topk: tensors(([x], args) => [...x.topk(args.k!, axis(args), { largest: args.largest })]),
  tril: tensors(([x], { diagonal }) => x.tril(diagonal)),
  triu: tensors(([x], { diagonal }) => x.triu(diagonal)),
  flip: tensors(([x], { dims }) => x.flip(dims!)),
  repeat: tensors(([x], { times }) => x.repeat(...times!)),
  repeat_interleave: tensors(([x], { n, dim }) => x.repeatInterleave(n!, (dim ?? undefined) as number | undefined)),
  round_decimals: tensors(([x], { decimals }) => x.round({ decimals })),
  t: unary((x) => x.t()),
  isclose: tensors(([x, y], { equal_nan: equalNan }) => x.isclose(y, { equalNan })),
  clamp_positional: unary((x) => x.clamp(-0.5, 0.5)),

  matmul: tensors(([x, y]) => x.matmul(y)),
  linear: tensors(([x, weight, bias]) => F.linear(x, weight, bias)),
  softmax: tensors(([x], args) => x.softmax(axis(args))),
  log_softmax: tensors(([x], args) => x.logSoftmax(axis(args))),

  leaky_relu: tensors(([x], { negative_slope: negativeSlope }) => F.leakyRelu(x, { negativeSlope })),
  elu: tensors(([x], { alpha }) => F.elu(x, { alpha })),
  gelu: tensors(([x], { approximate }) => F.gelu(x, { approximate })),
  silu: unary((x) => F.silu(x)),
  log_sigmoid: unary((x) => F.logSigmoid(x)),
  softplus: tensors(([x], { beta, threshold }) => F.softplus(x, { beta, threshold })),

  mse_loss: tensors(([x, y], { reduction }) => F.mseLoss(x, y, { reduction })),
  l1_loss: tensors(([x, y], { reduction }) => F.l1Loss(x, y, { reduction })),
  smooth_l1_loss: tensors(([x, y], { reduction, beta }) => F.smoothL1Loss(x, y, { reduction, beta })),
  huber_loss: tensors(([x, y], { reduction, delta }) => F.huberLoss(x, y, { reduction, delta })),
  cross_entropy: tensors(([x, y, weight], { reduction, ignore_index: ignoreIndex, label_smoothing: labelSmoothing }) =>
    F.crossEntropy(x, y, { weight, reduction, ignoreIndex, labelSmoothing }),
  ),
  nll_loss: tensors(([x, y, weight], { reduction, ignore_index: ignoreIndex }) =>
    F.nllLoss(x, y, { weight, reduction, ignoreIndex }),
  ),
  bce_with_logits: tensors(([x, y, weight, posWeight], { reduction }) =>
    F.binaryCrossEntropyWithLogits(x, y, { weight, posWeight, reduction }),
  ),
  bce_with_logits_pos: tensors(([x, y, posWeight], { reduction }) =>
    F.binaryCrossEntropyWithLogits(x, y, { posWeight, reduction }),
  ),

  to: tensors(([x], { dtype }) => x.to(dtype!)),
  one_hot: tensors(([x], { num_classes: numClasses }) => F.oneHot(x, { numClasses })),
  one_hot_counted: tensors(([x]) => F.oneHot(x)),
  arange: (_, { start, end, step, dtype }) => ek.arange(start!, end!, { step, dtype }),
  linspace: (_, { start, end, steps, dtype }) => ek.linspace(start!, end!, steps!, { dtype }),
  eye: (_, { n, m }) => ek.eye(n!, m),

  add_: ([x, y], { alpha }) => (x as Tensor).add_(y, { alpha }),
  sub_: ([x, y], { alpha }) => (x as Tensor).sub_(y, { alpha }),
  mul_: binary((x, y) => x.mul_(y)),
  div_: binary((x, y) => x.div_(y)),
  clamp_: tensors(([x], { min, max }) => x.clamp_({ min, max })),
  copy_: tensors(([x, y]) => x.copy_(y)),
  fill_: ([x, value]) => (x as Tensor).fill_(value as number),
  zero_: unary((x) => x.zero_()),

  batch_norm: tensors(([x, runningMean, runningVar, weight, bias], { training, momentum, eps }) => {
    const y = F.batchNorm(x, { runningMean, runningVar, weight, bias, training, momentum, eps });
    return [y, runningMean, runningVar];
  }),
  layer_norm: tensors(([x, weight, bias], { over = 1, eps }) =>
    F.layerNorm(x, x.shape.slice(-over), { weight, bias, eps }),
  ),
  group_norm: tensors(([x, weight, bias], { groups, eps }) => F.groupNorm(x, groups!, { weight, bias, eps })),
  instance_norm: tensors(
    ([x, runningMean, runningVar, weight, bias], { use_input_stats: useInputStats, momentum, eps }) => {
      const y = F.instanceNorm(x, { runningMean, runningVar, weight, bias, useInputStats, momentum, eps });
      return [y, runningMean, runningVar];
    },
  ),
  instance_norm_alone: tensors(([x, weight, bias], { eps }) => F.instanceNorm(x, { weight, bias, eps })),
  rms_norm: tensors(([x, weight], { over = 1, eps }) => F.rmsNorm(x, x.shape.slice(-over), { weight, eps })),
  local_response_norm: tensors(([x], { size, alpha, beta, k }) =>
    F.localResponseNorm(x, size as number, { alpha, beta, k }),
  ),
  embedding: tensors(([x, weight], { padding_idx: paddingIdx }) => F.embedding(x, weight, { paddingIdx })),
  batch_norm_batch: tensors(([x, weight, bias], { eps }) => F.batchNorm(x, { weight, bias, training: true, eps })),
};
