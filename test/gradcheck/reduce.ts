import { type Tensor, tensor } from "evenkeel";
import type * as reduce from "../../packages/evenkeel/src/ops/reduce/reduce.ts";
import type * as softmax from "../../packages/evenkeel/src/ops/softmax/softmax.ts";
import { alongDim as along, type GradCase, type GradCases, valuesFrom } from "./inputs.ts";

/** Cases of ops/reduce and ops/softmax. */

const values = valuesFrom(3);
const alongDim = () => along(values);

const reductions = (
  extra: object = {},
  shapes = [
    [3, 2],
    [2, 3, 2],
    [4, 1],
  ],
): GradCase[] => [
  { name: "scalar", inputs: [values([])], attrs: { dims: [], keepdim: false, ...extra } },
  ...shapes.flatMap((shape) =>
    [[0], [shape.length - 1], shape.map((_, i) => i)].flatMap((dims) =>
      [false, true].map((keepdim) => ({
        name: `[${shape}] over [${dims}]${keepdim ? " keepdim" : ""}`,
        inputs: [values(shape)],
        attrs: { dims, keepdim, ...extra },
      })),
    ),
  ),
];

function countOf(x: Tensor, attrs: object | undefined): number {
  return (attrs as { dims: number[] }).dims.reduce((n, dim) => n * x.shape[dim], 1);
}

export const reduceCases: GradCases<typeof reduce & typeof softmax> = {
  sum: reductions(),
  mean: reductions(),
  variance: [
    ...reductions({ correction: 0 }),
    ...reductions({ correction: 1 }, [
      [3, 2],
      [2, 3, 2],
    ])
      .slice(1)
      .filter(({ attrs, inputs }) => countOf(inputs[0], attrs) > 1),
  ],
  std: reductions({ correction: 0 }, [
    [3, 2],
    [2, 3, 2],
  ]).slice(1),
  prod: [
    ...reductions(),
    {
      name: "with zeros",
      inputs: [
        tensor([
          [2, 0, 3],
          [0, 0, 4],
        ])
          .double()
          .requiresGrad_(),
      ],
      attrs: { dims: [1], keepdim: false },
    },
  ],
  amax: reductions(),
  amin: reductions(),
  max: reductions(),
  min: reductions(),
  argmax: null,
  argmin: null,
  any: null,
  all: null,
  logsumexp: reductions(),
  vectorNorm: [...reductions({ p: 2 }), ...reductions({ p: 1 }), ...reductions({ p: 3 }), ...reductions({ p: 1.5 })],
  softmax: alongDim(),
  logSoftmax: alongDim(),
  logSoftmaxBackward: alongDim().map(({ name, inputs: [x], attrs }) => ({ name, inputs: [values(x.shape), x], attrs })),
};
