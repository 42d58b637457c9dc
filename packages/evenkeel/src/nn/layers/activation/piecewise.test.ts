import { describe, expect, test } from "vitest";
import { compile } from "../../../compile/index.ts";
import { grad, ones, type Tensor, tensor } from "../../../tensor/index.ts";
import * as F from "../../functional/index.ts";
import { CELU, Mish, type Module, SELU, Softmin, Softsign } from "../../index.ts";
import * as layers from "./piecewise.ts";

const x = tensor([
  [-7, -3, -0.5, -0],
  [0, 0.25, 3, 6.5],
]);

const cases: [printed: string, layer: Module, same: (x: Tensor) => Tensor][] = [
  ["ReLU6()", new layers.ReLU6(), F.relu6],
  ["ReLU6(inplace=True)", new layers.ReLU6({ inplace: true }), F.relu6],
  ["Hardtanh(min_val=-1.0, max_val=1.0)", new layers.Hardtanh(), F.hardtanh],
  ["Hardtanh(min_val=-2.0, max_val=0.5)", new layers.Hardtanh(-2, 0.5), (x) => x.clamp(-2, 0.5)],
  ["Hardtanh(min_val=-1.0, max_val=2.0)", new layers.Hardtanh({ maxVal: 2 }), (x) => x.clamp(-1, 2)],
  [
    "Hardtanh(min_val=-2.0, max_val=1.0, inplace=True)",
    new layers.Hardtanh(-2, undefined, { inplace: true }),
    (x) => x.clamp(-2, 1),
  ],
  ["Hardswish()", new layers.Hardswish(), F.hardswish],
  ["Hardsigmoid()", new layers.Hardsigmoid(), F.hardsigmoid],
  ["Threshold(threshold=0.1, value=20)", new layers.Threshold(0.1, 20), (x) => F.threshold(x, 0.1, 20)],
  ["PReLU(num_parameters=1)", new layers.PReLU(), (x) => F.leakyRelu(x, { negativeSlope: 0.25 })],
  [
    "PReLU(num_parameters=4)",
    new layers.PReLU({ numParameters: 4, init: 0.5 }),
    (x) => F.leakyRelu(x, { negativeSlope: 0.5 }),
  ],
];

test.each(cases)("%s", (printed, layer, same) => {
  expect(String(layer)).toBe(printed);
  expect(layer(x).add(0).toArray()).toEqual(same(x).add(0).toArray());
});

describe("compiled as eager, with gradients", () => {
  const composed: Module[] = [new CELU(0.5), new SELU(), new Mish(), new Softsign(), new Softmin(1)];
  test.each([...cases.map(([, layer]) => layer), ...composed].map((layer) => [String(layer), layer] as const))(
    "%s",
    (_, layer) => {
      const step = (x: Tensor) => {
        const y = layer(x);
        return [y, ...grad(y.square().sum(), [x, ...layer.parameters()])];
      };
      for (const dtype of ["float32", "float64"] as const) {
        layer.to(dtype);
        const input = x.to(dtype).requiresGrad_();
        const compiled = compile(step)(input);
        for (const [i, eager] of step(input).entries()) {
          for (const [j, value] of eager.data.entries()) expect(compiled[i].data[j]).toBeCloseTo(value, 5);
        }
      }
    },
  );
});

test("infinities and NaN keep gradients as they are in torch", () => {
  const edge = tensor([-Infinity, Infinity, Number.NaN], { requiresGrad: true });
  const slopes = (layer: Module) => {
    const [slope] = grad(layer(edge).sum(), [edge]);
    return slope.toArray();
  };
  expect(slopes(new layers.ReLU6())).toEqual([0, 0, 1]);
  expect(slopes(new layers.PReLU())).toEqual([0.25, 1, 0.25]);
  expect(slopes(new layers.Threshold(0, 5))).toEqual([0, 1, 1]);
  expect(slopes(new CELU())).toEqual([0, 1, 1]);
  const prelu = new layers.PReLU();
  const [slope] = grad(prelu(tensor([Infinity, -2])).sum(), [prelu.weight]);
  expect(slope.toArray()).toEqual([-2]);
});

test("the slopes of PReLU are learned, and can be as at the start again", () => {
  const prelu = new layers.PReLU(3, { init: 0.5 });
  prelu(ones([2, 3]).neg())
    .sum()
    .backward();
  expect(prelu.weight.grad?.toArray()).toEqual([-2, -2, -2]);
  prelu.weight.data.fill(9);
  prelu.resetParameters();
  expect(prelu.weight.toArray()).toEqual([0.5, 0.5, 0.5]);
});
