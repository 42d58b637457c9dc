import type { Tensor } from "evenkeel";
import type { Random } from "../random.ts";
import type { Family } from "./row.ts";

/** Convolutions over what comes, as layers by themselves and as small networks. */

/** The code of a convolution, and the shape that it gives to an input of [N, C, ...]. */
function convolution(shape: readonly number[], random: Random): { code: string; output: readonly number[] } {
  const [n, channels, ...size] = shape;
  const rank = size.length;
  const groups = random.chance(0.25) ? channels : 1;
  const outputs = groups * random.pick(groups === 1 ? [1, 2, 3, 4, 5] : [1, 2]);
  const one = (values: readonly number[]) => random.pick(values);
  const each = (values: readonly number[]) => Array.from({ length: rank }, () => one(values));
  const kernel = random.chance(0.5) ? new Array<number>(rank).fill(one([1, 2, 3])) : each([1, 2, 3]);
  const same = random.chance(0.3);
  const stride = same
    ? 1
    : random.weighted([
        [3, 1],
        [1, 2],
      ]);
  const padding = one([0, 1, 1, 2]);
  const mode = random.weighted([
    [6, ""],
    [1, ', paddingMode: "replicate"'],
    [0.5, ', paddingMode: "circular"'],
  ]);
  const bias = random.chance(0.3) ? ", bias: false" : "";
  const options = `{ stride: ${stride}, padding: ${same ? '"same"' : padding}, groups: ${groups}${mode}${bias} }`;
  const places = size.map((length, i) => (same ? length : Math.floor((length + 2 * padding - kernel[i]) / stride) + 1));
  return {
    code: `new nn.Conv${rank}d(${channels}, ${outputs}, [${kernel}], ${options})`,
    output: [n, outputs, ...places],
  };
}

/** Inputs that have no channels are refused by the layer, and it is not added. */
const channelled = (a: Tensor) => (a.ndim >= 3 ? a.shape : [1, 1, 1]);

export const conv = (a: Tensor, random: Random): string => convolution(channelled(a), random).code;

export const convTranspose = (a: Tensor, random: Random): string => {
  const [, channels, ...size] = channelled(a);
  const stride = random.pick([1, 2, 3]);
  const options = `{ stride: ${stride}, padding: ${random.pick([0, 0, 1])}, outputPadding: ${random.int(0, stride - 1)} }`;
  return `new nn.ConvTranspose${size.length}d(${channels}, ${random.pick([1, 2, 3])}, ${random.pick([1, 2, 3])}, ${options})`;
};

export const border = (a: Tensor, random: Random): string => {
  const rank = Math.max(a.ndim - 2, 1);
  const kind = random.pick(["Zero", "Reflection", "Replication", "Circular"]);
  return `new nn.${kind}Pad${rank}d(${random.pick([1, 1, 2])})`;
};

/** One or two convolutions with what stands behind them, and mostly a head. */
export function convNet(a: Tensor, random: Random): string {
  const parts: string[] = [];
  let shape = channelled(a);
  for (let i = random.int(1, 3); i > 0; i--) {
    const { code, output } = convolution(shape, random);
    parts.push(code);
    const rank = output.length - 2;
    if (rank < 3 && random.chance(0.7)) parts.push(`new nn.BatchNorm${rank}d(${output[1]})`);
    if (random.chance(0.8)) parts.push(`new nn.${random.pick(["ReLU", "ReLU", "GELU", "LeakyReLU"])}()`);
    shape = output;
    if (rank === 2 && random.chance(0.5)) {
      const kernel = random.pick([2, 2, 3]);
      if (Math.min(...shape.slice(2)) < kernel) continue;
      parts.push(`new nn.${random.pick(["MaxPool2d", "MaxPool2d", "AvgPool2d"])}(${kernel}, { stride: 2 })`);
      shape = [...shape.slice(0, 2), ...shape.slice(2).map((size) => Math.floor((size - kernel) / 2) + 1)];
    }
  }
  if (random.chance(0.7)) {
    const features = shape.slice(1).reduce((x, y) => x * y, 1);
    parts.push("new nn.Flatten()", `new nn.Linear(${features}, ${random.pick([1, 2, 3])})`);
  }
  return `new nn.Sequential(${parts.join(", ")})`;
}

/** What the step does with windows by itself. */
export const windows: Family = {
  name: "windows",
  weight: 0.4,
  rows: [
    "F.pad(A, [1, 1])",
    "F.pad(A, [-1, 2])",
    'F.pad(A, [1, 0], { mode: "replicate" })',
    "F.unfold(A, 2)",
    "F.unfold(A, [2, 1], { padding: 1 })",
    "F.fold(F.unfold(A, 2), A.shape.slice(-2), 2)",
  ],
};
