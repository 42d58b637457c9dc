import * as ek from "evenkeel";
import * as F from "evenkeel/nn/functional";
import { camelCase } from "./golden.ts";

type Tensor = ek.Tensor;
export type Operand = Tensor | number;
type Reduction = "none" | "mean" | "sum";

/** torch's keyword arguments, as ops/*.json has them. */
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
  readonly alpha?: number;
  readonly beta?: number;
  readonly threshold?: number;
  readonly value?: number;
  readonly reduction?: Reduction;
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

type Loose = Readonly<Record<string, (...given: readonly unknown[]) => Tensor | readonly Tensor[]>>;
type Call = (inputs: readonly Operand[], args: Args) => Tensor | readonly Tensor[];

const unary =
  (fn: (x: Tensor) => Tensor): Call =>
  ([x]) =>
    fn(x as Tensor);

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

/** Calls that are said otherwise than in torch. */
const calls: Readonly<Record<string, Call>> = {
  rsub: ([x, c]) => ek.sub(c, x),
  rdiv: ([x, c]) => ek.div(c, x),
  rpow: ([x, c]) => ek.pow(c, x),
  power: tensors(([x], { exponent }) => x.pow(exponent!)),
  rpower: tensors(([x], { base }) => ek.pow(base!, x)),
  where: tensors(([condition, x, y]) => ek.where(condition, x, y)),
  clamp: tensors(([x], { min, max }) => x.clamp({ min, max })),

  sum: tensors(([x], { dim, keepdim }) => x.sum(dim, { keepdim })),
  mean: tensors(([x], { dim, keepdim }) => x.mean(dim, { keepdim })),
  prod: tensors(([x], { dim, keepdim }) => x.prod(dim, { keepdim })),
  var: tensors(([x], { dim, keepdim, correction }) => x.var(dim, { keepdim, correction })),
  std: tensors(([x], { dim, keepdim, correction }) => x.std(dim, { keepdim, correction })),
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
  isclose: tensors(([x, y], { equal_nan: equalNan }) => x.isclose(y, { equalNan })),
  clamp_positional: unary((x) => x.clamp(-0.5, 0.5)),

  softmax: tensors(([x], args) => x.softmax(axis(args))),
  log_softmax: tensors(([x], args) => x.logSoftmax(axis(args))),

  threshold: tensors(([x], { threshold, value }) => F.threshold(x, threshold!, value!)),

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
  clamp_: tensors(([x], { min, max }) => x.clamp_({ min, max })),

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

/**
 * A method of the call's name, given the other inputs; or a function of F, given all and torch's
 * keywords as options.
 */
function named(call: string): Call {
  const [name] = Object.keys(camelCase({ [call]: null }));
  return (inputs, args) => {
    const [x, ...others] = inputs;
    const options = Object.keys(args).length > 0 ? [camelCase({ ...args })] : [];
    const { [name]: method } = x as unknown as Loose;
    if (typeof method === "function" && options.length === 0) return method.apply(x, others);
    const { [name]: fn } = F as unknown as Loose;
    if (fn !== undefined) return fn(...inputs, ...options);
    throw new Error(`${call} is neither x.${name}(...) nor F.${name}: give it a line in opCalls.ts`);
  };
}

/** How the library says a call of the goldens: as it is written above, or else by the same name. */
export const opCall = (call: string): Call => calls[call] ?? named(call);
