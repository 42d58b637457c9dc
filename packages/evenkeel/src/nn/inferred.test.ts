import { expectTypeOf, test } from "vitest";
import { type Tensor, zeros } from "../tensor/index.ts";
import { Linear, Module, Sequential } from "./index.ts";

/** What calls take and give is read off `forward`: no type arguments. `npm run check` covers these. */

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
  expectTypeOf(new Two()).parameters.toEqualTypeOf<[x: Tensor, mask?: Tensor]>();
  const { sum, scale } = new Inferred()({ x: zeros([1, 2]), scale: 3 });
  expectTypeOf(sum).toEqualTypeOf<Tensor>();
  expectTypeOf(scale).toEqualTypeOf<number>();
  new Two().registerForwardHook((_, inputs, output) => {
    expectTypeOf(inputs).toEqualTypeOf<[x: Tensor, mask?: Tensor]>();
    expectTypeOf(output).toEqualTypeOf<[Tensor, Tensor]>();
  });
  // @ts-expect-error: the output is no Tensor, so nothing can follow
  () => new Sequential(new Two(), new Linear(2, 1));
  // @ts-expect-error: a string is no mask
  () => new Two()(zeros([1, 2]), "mask");
});
