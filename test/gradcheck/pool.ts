import type * as avgPool from "../../packages/evenkeel/src/ops/pool/avgPool.ts";
import type * as lpPool from "../../packages/evenkeel/src/ops/pool/lpPool.ts";
import type * as maxPool from "../../packages/evenkeel/src/ops/pool/maxPool.ts";
import type * as resize from "../../packages/evenkeel/src/ops/resize/resize.ts";
import { type GradCases, indices, valuesFrom } from "./inputs.ts";

/** Cases of ops/pool and ops/resize. */

const values = valuesFrom(9);

const plain = { ceilMode: false, countIncludePad: true };

/** Windows over one, two and three dimensions, with every option somewhere. */
const windows = [
  { shape: [2, 5], kernel: [2], stride: [2], padding: [0], dilation: [1], ...plain },
  { shape: [2, 1, 4], kernel: [3], stride: [1], padding: [1], dilation: [1], ...plain },
  { shape: [1, 2, 4, 5], kernel: [2, 3], stride: [2, 1], padding: [1, 1], dilation: [1, 1], ...plain },
  { shape: [1, 5, 4], kernel: [2, 2], stride: [3, 2], padding: [0, 1], dilation: [1, 1], ceilMode: true },
  { shape: [0, 2, 3, 3], kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1], ...plain },
  {
    shape: [1, 3, 2, 3],
    kernel: [2, 1, 2],
    stride: [1, 1, 2],
    padding: [1, 0, 0],
    dilation: [1, 1, 1],
    ceilMode: true,
  },
];

const dilated = { shape: [1, 5, 6], kernel: [2, 2], stride: [1, 2], padding: [1, 0], dilation: [2, 3], ceilMode: true };

const nameOf = ({ shape, kernel }: { readonly shape: readonly number[]; readonly kernel: readonly number[] }) =>
  `[${shape}] by [${kernel}]`;

/** What is left of a shape of windows: sizes of the planes that they give. */
const pooled = ({ shape, kernel, stride, padding, ceilMode }: (typeof windows)[number]): number[] =>
  shape.map((size, i) => {
    const d = i - shape.length + kernel.length;
    if (d < 0) return size;
    const steps = (size + 2 * padding[d] - kernel[d]) / stride[d];
    return (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  });

const adaptive = [
  { shape: [2, 5], outputSize: [2] },
  { shape: [1, 2, 3, 5], outputSize: [2, 3] },
  { shape: [1, 2, 2], outputSize: [3, 1] },
  { shape: [1, 2, 3, 2], outputSize: [2, 2, 1] },
];

const resized = [
  { shape: [1, 2, 4], mode: "nearest", outputSize: [7], scales: [null] },
  { shape: [1, 1, 5], mode: "nearestExact", outputSize: [3], scales: [null] },
  { shape: [2, 1, 3, 2], mode: "linear", outputSize: [5, 3], scales: [null, 1.7] },
  { shape: [1, 1, 3, 4], mode: "linear", outputSize: [4, 1], scales: [null, null], alignCorners: true },
  { shape: [1, 1, 4, 3], mode: "cubic", outputSize: [3, 5], scales: [null, null] },
  { shape: [1, 1, 2, 2, 3], mode: "linear", outputSize: [3, 1, 2], scales: [null, null, null] },
  { shape: [0, 1, 3], mode: "linear", outputSize: [2], scales: [null] },
].map((attrs) => ({ alignCorners: false, ...attrs }));

const resizedName = ({ shape, mode, outputSize, alignCorners }: (typeof resized)[number]) =>
  `${mode} [${shape}] to [${outputSize}]${alignCorners ? " corners" : ""}`;

const divided = { divisorOverride: 3, countIncludePad: false };
const averaged = [...windows, ...windows.slice(0, 4).map((attrs) => ({ ...attrs, ...divided }))];
const positive = (shape: readonly number[]) => values(shape).detach().abs().add(0.3).requiresGrad_();
const norms = [3, 1, 2, -1.5].flatMap((p) =>
  [windows[0], windows[3]].map((attrs) => ({ ...attrs, padding: [0, 0], p })),
);
const normName = (attrs: (typeof norms)[number]) => `p = ${attrs.p}, ${nameOf(attrs)}`;
const even = adaptive.map(({ shape, outputSize }) => ({
  name: `[${shape}] to [${outputSize}]`,
  inputs: [values(shape)],
  attrs: { outputSize },
}));
const places = [
  { name: "shared places", inputs: [values([1, 3]), indices([4, 0, 4], [1, 3])], attrs: { size: [5] } },
  { name: "planes", inputs: [values([2, 1, 2]), indices([3, 1, 0, 5], [2, 1, 2])], attrs: { size: [2, 3] } },
  { name: "volumes", inputs: [values([1, 1, 1, 2]), indices([7, 2], [1, 1, 1, 2])], attrs: { size: [2, 2, 2] } },
  { name: "none", inputs: [values([0, 1, 2, 2]), indices([], [0, 1, 2, 2])], attrs: { size: [3, 3] } },
];

export const poolCases: GradCases<typeof avgPool & typeof lpPool & typeof maxPool & typeof resize> = {
  maxPool: [...windows, dilated].map((attrs) => ({ name: nameOf(attrs), inputs: [values(attrs.shape)], attrs })),
  maxPoolBackward: places,
  // Where two values meet at one place, PyTorch's gradient is not the derivative: see the row.
  maxUnpool: places.slice(1),
  adaptiveMaxPool: even,
  lpPool: norms.map((attrs) => ({ name: normName(attrs), inputs: [positive(attrs.shape)], attrs })),
  lpPoolBackward: norms.map((attrs) => ({
    name: normName(attrs),
    inputs: [values(pooled(attrs)), positive(attrs.shape)],
    attrs,
  })),
  avgPool: averaged.map((attrs) => ({ name: nameOf(attrs), inputs: [values(attrs.shape)], attrs })),
  avgPoolBackward: averaged.map((attrs) => ({
    name: nameOf(attrs),
    inputs: [values(pooled(attrs))],
    attrs: { ...attrs, size: attrs.shape.slice(-attrs.kernel.length) },
  })),
  adaptiveAvgPool: even,
  adaptiveAvgPoolBackward: adaptive.map(({ shape, outputSize }) => ({
    name: `[${outputSize}] to [${shape}]`,
    inputs: [values([...shape.slice(0, -outputSize.length), ...outputSize])],
    attrs: { size: shape.slice(-outputSize.length) },
  })),
  resize: resized.map((attrs) => ({ name: resizedName(attrs), inputs: [values(attrs.shape)], attrs })),
  resizeBackward: resized.map((attrs) => ({
    name: resizedName(attrs),
    inputs: [values([...attrs.shape.slice(0, 2), ...attrs.outputSize])],
    attrs: { ...attrs, size: attrs.shape.slice(2) },
  })),
};
