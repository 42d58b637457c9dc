import type * as embedding from "../../packages/evenkeel/src/ops/embedding/embedding.ts";
import type * as oneHot from "../../packages/evenkeel/src/ops/embedding/oneHot.ts";
import type * as creation from "../../packages/evenkeel/src/ops/movement/creation.ts";
import type * as movement from "../../packages/evenkeel/src/ops/movement/movement.ts";
import type * as ordering from "../../packages/evenkeel/src/ops/ordering/ordering.ts";
import { alongDim as along, type GradCases, indices, valuesFrom } from "./inputs.ts";

/** Cases of ops/movement, ops/embedding and ops/ordering. */

const values = valuesFrom(2);
const alongDim = (extra?: object) => along(values, extra);

export const movementCases: GradCases<
  typeof creation & typeof embedding & typeof movement & typeof oneHot & typeof ordering
> = {
  fill: null,
  literal: null,
  reshape: [
    { name: "[2, 3] to [3, 2]", inputs: [values([2, 3])], attrs: { shape: [3, 2] } },
    { name: "empty", inputs: [values([0, 3])], attrs: { shape: [0] } },
  ],
  detach: null,
  permute: [
    { name: "matrix", inputs: [values([2, 3])], attrs: { dims: [1, 0] } },
    { name: "3-D", inputs: [values([2, 3, 2])], attrs: { dims: [2, 0, 1] } },
    { name: "empty", inputs: [values([0, 2])], attrs: { dims: [1, 0] } },
  ],
  expand: [
    { name: "[1, 3] to [2, 3]", inputs: [values([1, 3])], attrs: { shape: [2, 3] } },
    { name: "[] to [2, 2]", inputs: [values([])], attrs: { shape: [2, 2] } },
    { name: "to nothing", inputs: [values([1])], attrs: { shape: [0] } },
  ],
  slice: [
    { name: "step 2", inputs: [values([5, 2])], attrs: { dim: 0, start: 1, length: 2, step: 2 } },
    { name: "inner", inputs: [values([2, 4])], attrs: { dim: 1, start: 1, length: 2, step: 1 } },
    { name: "empty", inputs: [values([3])], attrs: { dim: 0, start: 1, length: 0, step: 1 } },
  ],
  unslice: [
    { name: "step 2", inputs: [values([2, 2])], attrs: { dim: 0, start: 1, length: 2, step: 2, size: 5 } },
    { name: "inner", inputs: [values([2, 2])], attrs: { dim: 1, start: 1, length: 2, step: 1, size: 4 } },
  ],
  concat: [
    { name: "rows", inputs: [values([2, 3]), values([1, 3])], attrs: { dim: 0 } },
    { name: "columns, one empty", inputs: [values([2, 1]), values([2, 0]), values([2, 2])], attrs: { dim: 1 } },
  ],
  split: [
    { name: "[5] in two", inputs: [values([5])], attrs: { dim: 0, sizes: [2, 3] } },
    {
      name: "[2, 6, 2] in unequal parts, one of them empty",
      inputs: [values([2, 6, 2])],
      attrs: { dim: 1, sizes: [1, 0, 3, 2] },
    },
    { name: "whole", inputs: [values([2, 3])], attrs: { dim: 1, sizes: [3] } },
  ],
  indexSelect: [
    { name: "repeated rows", inputs: [values([4, 2]), indices([3, 0, 3])], attrs: { dim: 0 } },
    { name: "columns", inputs: [values([2, 3]), indices([2, 2])], attrs: { dim: 1 } },
    { name: "none", inputs: [values([2, 3]), indices([])], attrs: { dim: 1 } },
  ],
  indexAdd: [
    { name: "repeated rows", inputs: [values([3, 2]), indices([3, 0, 3])], attrs: { dim: 0, size: 4 } },
    { name: "columns", inputs: [values([2, 2]), indices([2, 2])], attrs: { dim: 1, size: 3 } },
  ],
  gather: [
    { name: "along 1", inputs: [values([2, 3]), indices([2, 0, 1, 1], [2, 2])], attrs: { dim: 1 } },
    { name: "along 0", inputs: [values([3, 2]), indices([2, 2], [1, 2])], attrs: { dim: 0 } },
  ],
  scatterAdd: [
    { name: "along 1", inputs: [values([2, 2]), indices([2, 0, 1, 1], [2, 2])], attrs: { dim: 1, shape: [2, 3] } },
  ],
  embedding: [
    { name: "repeated rows", inputs: [values([4, 2]), indices([3, 0, 3])], attrs: { paddingIdx: null } },
    {
      name: "a matrix of indices",
      inputs: [values([3, 1]), indices([0, 2, 2, 1], [2, 2])],
      attrs: { paddingIdx: null },
    },
    { name: "one index", inputs: [values([3, 2]), indices([1], [])], attrs: { paddingIdx: null } },
    { name: "none", inputs: [values([3, 2]), indices([])], attrs: { paddingIdx: null } },
  ],
  embeddingBackward: [
    { name: "repeated rows", inputs: [values([3, 2]), indices([3, 0, 3])], attrs: { rows: 4, paddingIdx: null } },
    {
      name: "with padding",
      inputs: [values([2, 2, 3]), indices([1, 0, 2, 1], [2, 2])],
      attrs: { rows: 3, paddingIdx: 1 },
    },
  ],
  oneHot: null,
  cumsum: [...alongDim(), ...alongDim({ reverse: true }), { name: "scalar", inputs: [values([])], attrs: { dim: 0 } }],
  argsort: null,
  lastWriter: null,
};
