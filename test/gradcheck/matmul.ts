import type * as chain from "../../packages/evenkeel/src/ops/matmul/linearChain.ts";
import type * as fused from "../../packages/evenkeel/src/ops/matmul/linearFused.ts";
import type * as matmul from "../../packages/evenkeel/src/ops/matmul/matmul.ts";
import { fixed, type GradCase, type GradCases, positiveOf, valuesFrom } from "./inputs.ts";

/** Cases of ops/matmul. */

const values = valuesFrom(5);
const positive = positiveOf(values);

const matrixCases = (): GradCase[] =>
  [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) =>
      [
        { a: [2, 3], b: [3, 4] },
        { a: [1, 1], b: [1, 1] },
        { a: [2, 2, 3], b: [3, 2] },
        { a: [2, 1, 2, 3], b: [3, 3, 1] },
        { a: [0, 3], b: [3, 2] },
        { a: [2, 0], b: [0, 2] },
      ].map(({ a, b }) => {
        const flip = (shape: number[], t: boolean) =>
          t ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape;
        const [left, right] = [flip(a, transposeA), flip(b, transposeB)];
        return {
          name: `[${left}]${transposeA ? "T" : ""} x [${right}]${transposeB ? "T" : ""}`,
          inputs: [values(left), values(right)],
          attrs: { transposeA, transposeB },
        };
      }),
    ),
  );

/** Statistics and parameters of a batch norm that evaluates. */
const norm = (channels: number) => [
  fixed(values([channels])),
  fixed(positive([channels])),
  values([channels]),
  values([channels]),
];

export const matmulCases: GradCases<typeof matmul & typeof fused & typeof chain> = {
  matmul: matrixCases(),
  linear: [
    { name: "[3, 2] to 4", inputs: [values([3, 2]), values([4, 2]), values([4])] },
    { name: "one", inputs: [values([1, 1]), values([1, 1]), values([1])] },
    { name: "no rows", inputs: [values([0, 2]), values([3, 2]), values([3])] },
  ],
  linearRelu: [{ name: "[3, 2] to 4", inputs: [values([3, 2]), values([4, 2]), values([4])] }],
  linearBatchNormEval: [false, true].map((relu) => ({
    name: `[3, 2] to 4${relu ? ", relu" : ""}`,
    inputs: [values([3, 2]), values([4, 2]), values([4]), ...norm(4)],
    attrs: { eps: 1e-3, relu },
  })),
  matmulBatchNormEval: [false, true].map((relu) => ({
    name: `[3, 2] to 4${relu ? ", relu" : ""}`,
    inputs: [values([3, 2]), values(relu ? [4, 2] : [2, 4]), ...norm(4)],
    attrs: { eps: 1e-3, relu, transposeB: relu },
  })),
  linearChain: [
    {
      name: "[3, 2] to 4 to 5 to 2",
      inputs: [
        values([3, 2]),
        ...[values([4, 2]), values([4]), ...norm(4)],
        ...[values([5, 4]), ...norm(5)],
        ...[values([2, 5]), values([2])],
      ],
      attrs: {
        layers: [
          { bias: true, eps: 1e-3, relu: true },
          { bias: false, eps: 1e-3, relu: false },
          { bias: true, relu: false },
        ],
      },
    },
  ],
};
