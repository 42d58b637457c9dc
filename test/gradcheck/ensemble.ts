import type * as ensembleMatmul from "../../packages/evenkeel/src/ops/ensemble/ensembleMatmul.ts";
import type * as ensembleMean from "../../packages/evenkeel/src/ops/ensemble/ensembleMean.ts";
import { type GradCases, valuesFrom } from "./inputs.ts";

/** Cases of ops/ensemble. */

const values = valuesFrom(15);

const sizes: readonly (readonly [rows: number, members: number, inputs: number, outputs: number])[] = [
  [3, 2, 4, 1],
  [2, 3, 2, 5],
  [1, 1, 1, 1],
  [0, 2, 3, 2],
];

export const ensembleCases: GradCases<typeof ensembleMatmul & typeof ensembleMean> = {
  ensembleMatmul: [false, true].flatMap((transposeB) =>
    sizes.map(([rows, members, inputs, outputs]) => ({
      name: `${rows} rows of ${members}, ${inputs} to ${outputs}${transposeB ? ", transposed" : ""}`,
      inputs: [
        values([rows, members, inputs]),
        values(transposeB ? [members, outputs, inputs] : [members, inputs, outputs]),
      ],
      attrs: { transposeB },
    })),
  ),
  ensembleMatmulWeight: sizes.map(([rows, members, inputs, outputs]) => ({
    name: `${rows} rows of ${members}, ${inputs} to ${outputs}`,
    inputs: [values([rows, members, inputs]), values([rows, members, outputs])],
  })),
  ensembleMean: (["values", "sigmoid", "softmax"] as const).flatMap((of) =>
    [
      [2, 3, 4],
      [3, 2, 1],
      [1, 1, 2],
      [0, 2, 3],
    ].map((shape) => ({ name: `${of} of [${shape}]`, inputs: [values(shape)], attrs: { of } })),
  ),
};
