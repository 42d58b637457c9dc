import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";

/** Code of a loss of A, by itself or with the numbers of B as targets. */
type MakeLoss = (a: Tensor, random: Random) => string;

const reduction = (random: Random) => `reduction: "${random.pick(["mean", "sum", "none"])}"`;

function optionsOf(random: Random, list: readonly string[]): string {
  const some = [...random.some(list, 0.4), ...(random.chance(0.6) ? [reduction(random)] : [])];
  return some.length > 0 ? `, { ${some.join(", ")} }` : "";
}

const targets = ["A.detach().sin()", "zerosLike(A)", "randn(A.shape)@", "B.detach().expand(A.shape)", "rand(A.shape)@"];

const regression: MakeLoss = (_, random) => {
  const [name, options] = random.pick<readonly [string, readonly string[]]>([
    ["mseLoss", []],
    ["l1Loss", []],
    ["smoothL1Loss", ["beta: 0.5"]],
    ["huberLoss", ["delta: 0.7"]],
  ]);
  return `F.${name}(A, ${random.pick(targets)}${optionsOf(random, options)})`;
};

const binary: MakeLoss = (a, random) => {
  const target = random.pick(["rand(A.shape)@", "bernoulli(full(A.shape, 0.5))@", "A.detach().gt(0).float()@"]);
  const last = a.shape.at(-1) ?? 1;
  const options = [`weight: full([${last}], 0.5)@`, `posWeight: full([${last}], 2)@`];
  return `F.binaryCrossEntropyWithLogits(A, ${target}${optionsOf(random, options)})`;
};

const classes: MakeLoss = (a, random) => {
  const count = a.shape[a.ndim === 1 ? 0 : 1] ?? 1;
  const dim = a.ndim === 1 ? 0 : 1;
  const shape = a.ndim === 1 ? "[]" : "[A.shape[0], ...A.shape.slice(2)]";
  const target = random.pick([`randint(0, ${count}, ${shape})`, `A.detach().argmax(${dim})`]);
  const options = [`weight: full([${count}], 0.5)@`, `ignoreIndex: 0`];
  if (random.chance(0.2)) return `F.nllLoss(A.logSoftmax(${dim}), ${target}${optionsOf(random, options)})`;
  const smoothing = ["labelSmoothing: 0.1", ...options];
  if (random.chance(0.2)) {
    return `F.crossEntropy(A, rand(A.shape)@.softmax(${dim})${optionsOf(random, smoothing.slice(0, 2))})`;
  }
  return `F.crossEntropy(A, ${target}${optionsOf(random, smoothing)})`;
};

const plain: MakeLoss = (_, random) => random.pick(["A.square()", "A.sin()", "A.mul(B)", "A"]);

/** A loss of one number. */
export function lossOf(a: Tensor, random: Random): string {
  const make = random.weighted([
    [3, regression],
    [1.5, binary],
    [2.5, classes],
    [3, plain],
  ]);
  const code = make(a, random);
  return /reduction: "(none)"|^A/.test(code) || !code.startsWith("F.")
    ? `${code}.${random.pick(["mean", "sum"])}()`
    : code;
}

/** The loss as a module, with a call of it. */
export const lossLayers: readonly string[] = [
  "new nn.MSELoss()",
  'new nn.L1Loss({ reduction: "sum" })',
  "new nn.SmoothL1Loss({ beta: 0.5 })",
  "new nn.HuberLoss()",
  "new nn.BCEWithLogitsLoss()",
];
