import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";
import { border, conv, convNet, convTranspose } from "./convolutions.ts";
import { normOf } from "./norms.ts";
import { dimOf, sizes } from "./row.ts";

/** Code that makes a layer for an input, which may be refused. */
type MakeLayer = (a: Tensor, random: Random) => string;

const lastOf = ({ shape }: Tensor) => shape.at(-1) ?? 1;

function options(random: Random, list: readonly string[]): string {
  const some = random.some(list, 0.3);
  return some.length > 0 ? `, { ${some.join(", ")} }` : "";
}

const linear: MakeLayer = (a, random) =>
  `new nn.Linear(${lastOf(a)}, ${random.pick(sizes)}${options(random, ["bias: false"])})`;

const batchNorm: MakeLayer = (a, random) => {
  const settings = ["eps: 0.1", random.pick(["momentum: null", "momentum: 0.3"]), "affine: false"];
  return `new nn.BatchNorm1d(${a.shape[1] ?? 1}${options(random, [...settings, "trackRunningStats: false"])})`;
};

const layerNorm: MakeLayer = (a, random) => {
  const shape = a.ndim > 2 && random.chance(0.4) ? `[${a.shape.slice(-2)}]` : lastOf(a);
  return `new nn.LayerNorm(${shape}${options(random, ["eps: 0.1", "elementwiseAffine: false"])})`;
};

const activation: MakeLayer = (a, random) =>
  `new nn.${random.pick([
    ..."ReLU ReLU ReLU ReLU LeakyReLU ELU GELU SiLU Tanh Sigmoid LogSigmoid Softplus"
      .split(" ")
      .map((name) => `${name}()`),
    'GELU({ approximate: "tanh" })',
    "LeakyReLU(0.2)",
    "Softplus({ beta: 2 })",
    `Softmax(${dimOf(a, random)})`,
    `LogSoftmax(${dimOf(a, random)})`,
  ])}`;

const shaping: MakeLayer = (_, random) => `new nn.${random.pick(["Flatten()", "Flatten(0)", "Identity()"])}`;

const dropout: MakeLayer = (_, random) => `new nn.Dropout(${random.pick([0.1, 0.5, 0])})`;

export const layers: readonly (readonly [number, MakeLayer])[] = [
  [4, linear],
  [1.2, conv],
  [1, convNet],
  [0.5, convTranspose],
  [0.3, border],
  [4, batchNorm],
  [1.5, layerNorm],
  [2, normOf],
  [2, activation],
  [0.7, shaping],
  [0.7, dropout],
];

const viewsOfBlock = [
  "(x) => x.flatten(1)",
  "(x) => x.reshape(x.shape[0], -1)",
  "(x) => x.reshape(-1)",
  "(x) => x.transpose(-1, -2)",
  "(x) => x.unsqueeze(1)",
  "(x) => x.relu()",
  "(x) => x.flatten(1).relu()",
  "(x) => x.reshape(-1).relu()",
  "(x) => x.unsqueeze(0).relu()",
  "(x) => x.reshape(x.shape).relu()",
  "(x) => x.clone().relu()",
  "(x) => x.squeeze()",
  "(x) => x.slice(0, 1)",
  "(x) => x.detach()",
  "(x) => x.add(x.mean(0, { keepdim: true }))",
];

/** A layer with a view of the user's behind it. */
export const blockOf = (inner: string, random: Random): string => `new Block(${inner}, ${random.pick(viewsOfBlock)})`;

/** A tensor outside the step that fits the value in some way: a weight, a bias, a mask. */
export function tensorFor(a: Tensor, random: Random): string {
  const shape = random.weighted<readonly number[]>([
    [2, a.shape.slice(1)],
    [2, a.shape.slice(-1)],
    [2, [lastOf(a), random.pick(sizes)]],
    [1, [random.pick(sizes), lastOf(a)]],
    [1, [a.shape[1] ?? 1, 1]],
    [1, [1]],
    [1, []],
    [1, [2, lastOf(a), 3]],
    [0.5, [2, 1, lastOf(a), 3]],
  ]);
  return `randn([${shape.join(", ")}])@${random.chance(0.75) ? ".requiresGrad_()" : ""}`;
}
