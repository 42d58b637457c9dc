import type * as matmul from "../../packages/evenkeel/src/ops/matmul/matmul.ts";
import { type GradCase, type GradCases, valuesFrom } from "./inputs.ts";

/** Cases of ops/matmul. */

const values = valuesFrom(5);

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

export const matmulCases: GradCases<typeof matmul> = {
  matmul: matrixCases(),
  linear: [
    { name: "[3, 2] to 4", inputs: [values([3, 2]), values([4, 2]), values([4])] },
    { name: "one", inputs: [values([1, 1]), values([1, 1]), values([1])] },
    { name: "no rows", inputs: [values([0, 2]), values([3, 2]), values([3])] },
  ],
};
