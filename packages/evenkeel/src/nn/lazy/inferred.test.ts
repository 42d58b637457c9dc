import { expect, expectTypeOf, test } from "vitest";
import { type Tensor, zeros } from "../../tensor/index.ts";
import { ConvTranspose2d, Linear, Module, ReLU, Sequential } from "../index.ts";

/**
 * The types of calls follow from `forward`, without type arguments. `npm run check` covers these.
 */

class Two extends Module {
  layer = new Linear(2, 2);
  forward(x: Tensor, mask?: Tensor): [Tensor, Tensor] {
    const y = this.layer(x);
    return [y, mask === undefined ? y : y.mul(mask)];
  }
}

class Inferred extends Module {
  two = new Two();
  forward({ x, scale }: { x: Tensor; scale: number }) {
    const [a, b] = this.two(x);
    return { sum: a.add(b), scale };
  }
}

test("tuples, objects and inputs that may be left out", () => {
  const [a, b] = new Two()(zeros([1, 2]));
  expectTypeOf(a).toEqualTypeOf<Tensor>();
  expectTypeOf(b).toEqualTypeOf<Tensor>();
  expectTypeOf(new Two()).parameters.toEqualTypeOf<[x: Tensor, mask?: Tensor | undefined]>();
  const { sum, scale } = new Inferred()({ x: zeros([1, 2]), scale: 3 });
  expectTypeOf(sum).toEqualTypeOf<Tensor>();
  expectTypeOf(scale).toEqualTypeOf<number>();
  new Two().registerForwardHook((_, inputs, output) => {
    expectTypeOf(inputs).toEqualTypeOf<[x: Tensor, mask?: Tensor | undefined]>();
    expectTypeOf(output).toEqualTypeOf<[Tensor, Tensor]>();
  });
  // @ts-expect-error: the output is no Tensor, so nothing can follow
  () => new Sequential(new Two(), new Linear(2, 1));
  // @ts-expect-error: a string is no mask
  () => new Two()(zeros([1, 2]), "mask");
});

test("inputs that may be left out stand in the way of no Sequential", () => {
  class Masked extends Module {
    forward(x: Tensor, mask?: Tensor): Tensor {
      return mask === undefined ? x : x.mul(mask);
    }
  }
  const net = new Sequential(new ConvTranspose2d(1, 2, 3), new Masked(), new ReLU());
  expectTypeOf(net.at(0).weight.shape).toEqualTypeOf<readonly number[]>();
  expectTypeOf(net.at(1)).parameters.toEqualTypeOf<[x: Tensor, mask?: Tensor | undefined]>();
  expect(net(zeros([3, 1, 4, 4])).shape).toEqual([3, 2, 6, 6]);
  const any: Module = new Masked();
  any.registerForwardPreHook((_, inputs) => {
    expectTypeOf(inputs).toEqualTypeOf<[input: Tensor, ...others: unknown[]]>();
  });
  // @ts-expect-error: what must be there nobody gives it
  () => new Sequential(new Scaled());
});

class Scaled extends Module {
  forward(x: Tensor, scale: Tensor): Tensor {
    return x.mul(scale);
  }
}
