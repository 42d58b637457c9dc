import { expect, expectTypeOf, test } from "vitest";
import type { Tensor } from "../../tensor/index.ts";
import { BatchNorm1d, Buffer, LayerNorm, Linear, type LinearOptions, Module, Parameter, Sequential } from "../index.ts";

/** The members follow from the options, in types too. `npm run check` covers these. */

const known = (flag: boolean): boolean => flag;

test("Linear: the bias", () => {
  expectTypeOf(new Linear(3, 4).bias).toEqualTypeOf<Parameter>();
  expectTypeOf(new Linear(3, 4, {}).bias).toEqualTypeOf<Parameter>();
  expectTypeOf(new Linear(3, 4, { bias: true }).bias).toEqualTypeOf<Parameter>();
  expectTypeOf(new Linear(3, 4, { bias: false }).bias).toEqualTypeOf<null>();
  expectTypeOf(new Linear(3, 4, { bias: known(true) }).bias).toEqualTypeOf<Parameter | null>();
  const options: LinearOptions = { bias: false };
  expectTypeOf(new Linear(3, 4, options).bias).toEqualTypeOf<Parameter | null>();
  expect(new Linear(3, 4, { bias: undefined }).bias).toBeInstanceOf(Parameter);
});

test("a plain Linear is any; a variable's type decides nothing", () => {
  let layer: Linear = new Linear(3, 4);
  layer = new Linear(3, 4, { bias: false });
  expectTypeOf<Linear["bias"]>().toEqualTypeOf<Parameter | null>();
  const both: Linear[] = [layer, new Linear(3, 4)];
  expect(both.map(({ bias }) => bias === null)).toEqual([true, false]);
  // @ts-expect-error: it has a bias
  const wrong: Linear<false> = new Linear(3, 4);
  expect(wrong.bias).not.toBeNull();
});

test("fields, subclasses, instanceof", () => {
  class Net extends Module {
    hidden = new Linear(3, 4);
    out = new Linear(4, 1, { bias: false });
    forward(x: Tensor) {
      return this.out(this.hidden(x));
    }
  }
  expectTypeOf(new Net().hidden.bias).toEqualTypeOf<Parameter>();
  expectTypeOf(new Net().out.bias).toEqualTypeOf<null>();
  class Scaled extends Linear {
    scale = 2;
    override forward(x: Tensor) {
      return super.forward(x).mul(this.scale);
    }
  }
  class Bare extends Linear<boolean> {
    constructor(size: number, bias: boolean) {
      super(size, size, { bias });
    }
  }
  expectTypeOf(new Scaled(1, 1).bias).toEqualTypeOf<Parameter>();
  expectTypeOf(new Bare(1, false).bias).toEqualTypeOf<Parameter | null>();
  expect(String(new Scaled(1, 1))).toBe("Scaled(in_features=1, out_features=1, bias=True)");
  expect([new Bare(1, false).bias, new Linear(1, 1).constructor.name]).toEqual([null, "Linear"]);
  const module: Module = new Scaled(1, 1);
  expect(module instanceof Linear && module.inFeatures).toBe(1);
  if (module instanceof Linear) expectTypeOf(module.bias).toEqualTypeOf<Parameter | null>();
});

test("BatchNorm1d and LayerNorm: scale, shift and statistics", () => {
  const norm = new BatchNorm1d(3);
  expectTypeOf([norm.weight, norm.bias]).toEqualTypeOf<Parameter[]>();
  expectTypeOf([norm.running_mean, norm.running_var, norm.num_batches_tracked]).toEqualTypeOf<Buffer[]>();
  const bare = new BatchNorm1d(3, { affine: false, momentum: null });
  expectTypeOf(bare.weight).toEqualTypeOf<null>();
  expectTypeOf(bare.running_mean).toEqualTypeOf<Buffer>();
  expectTypeOf(new BatchNorm1d(3, { trackRunningStats: false }).running_var).toEqualTypeOf<null>();
  expectTypeOf<BatchNorm1d["running_mean"]>().toEqualTypeOf<Buffer | null>();
  expectTypeOf(new LayerNorm(3).bias).toEqualTypeOf<Parameter>();
  expectTypeOf(new LayerNorm(3, { bias: false }).bias).toEqualTypeOf<null>();
  expectTypeOf(new LayerNorm(3, { bias: false }).weight).toEqualTypeOf<Parameter>();
  expectTypeOf(new LayerNorm(3, { elementwiseAffine: false, bias: true }).bias).toEqualTypeOf<null>();
  const norms: (BatchNorm1d | LayerNorm)[] = [norm, bare, new LayerNorm(3, { elementwiseAffine: false })];
  expect(norms.map(({ weight }) => weight instanceof Parameter)).toEqual([true, false, false]);
  expect(norm.running_mean).toBeInstanceOf(Buffer);
});

test("Sequential keeps them", () => {
  const net = new Sequential(
    new Linear(3, 4),
    new BatchNorm1d(4, { affine: false }),
    new Linear(4, 1, { bias: false }),
  );
  expectTypeOf(net.at(0).bias).toEqualTypeOf<Parameter>();
  expectTypeOf(net.at(-2).running_mean).toEqualTypeOf<Buffer>();
  expectTypeOf(net.at(-1)).toEqualTypeOf<Linear<false>>();
  expect([net.at(-1).inFeatures, net.at(-3).outFeatures]).toEqual([4, 4]);
});
