import { describe, expect, expectTypeOf, it } from "vitest";
import { type Tensor, tensor, type ValuesAndIndices } from "../tensor/index.ts";
import { type Compiled, compile } from "./compile.ts";
import type { Tree } from "./tree.ts";

interface Rows {
  readonly x: Tensor;
  readonly weight?: Tensor;
  readonly names: readonly string[];
}

const [a, b] = [tensor([1, 2]), tensor([3, 4])];

describe("a compiled function keeps the types of its function", () => {
  it("tensors in objects", () => {
    const step = compile(({ x, y }: { x: Tensor; y: Tensor }) => {
      const outputs = x.mul(y);
      return { loss: outputs.sum(), outputs };
    });
    expectTypeOf(step).toEqualTypeOf<Compiled<[{ x: Tensor; y: Tensor }], { loss: Tensor; outputs: Tensor }>>();
    const { loss, outputs } = step({ x: a, y: b });
    expectTypeOf(loss).toEqualTypeOf<Tensor>();
    expect([loss.item(), outputs.toArray()]).toEqual([11, [3, 8]]);
    // @ts-expect-error y is left out, and the program of x alone has no y
    expect(() => step({ x: a })).toThrow();
  });

  it("tuples, arrays and what is nested", () => {
    const step = compile(
      ([x, scale]: readonly [Tensor, number], others: { list: Tensor[]; mask: Tensor | null }) =>
        [x.mul(scale), { all: others.list.map((one) => one.add(x)), mask: others.mask }] as const,
    );
    const [scaled, { all, mask }] = step([a, 3], { list: [b], mask: null });
    expectTypeOf(scaled).toEqualTypeOf<Tensor>();
    expectTypeOf(all).toEqualTypeOf<Tensor[]>();
    expectTypeOf(mask).toEqualTypeOf<Tensor | null>();
    expect([scaled.toArray(), all[0].toArray(), mask]).toEqual([[3, 6], [4, 6], null]);
  });

  it("interfaces, which have no index signature, and values beside their places", () => {
    expectTypeOf<Rows>().not.toExtend<Tree>();
    const step = compile(({ x, names }: Rows, top: ValuesAndIndices) => ({ sum: x.add(top.values), names }));
    expectTypeOf(step).parameters.toEqualTypeOf<[Rows, ValuesAndIndices]>();
    const { sum, names } = step({ x: a, names: ["age"] }, tensor([[1], [5]]).max(1));
    expectTypeOf(sum).toEqualTypeOf<Tensor>();
    expect([sum.toArray(), names]).toEqual([[2, 7], ["age"]]);
  });

  it("results without tensors, and none", () => {
    expectTypeOf(compile((x: Tensor) => x.shape.length)(a)).toEqualTypeOf<number>();
    expectTypeOf(compile(() => new Map([["one", 1]]))()).toEqualTypeOf<Map<string, number>>();
    expectTypeOf(compile((x: Tensor, by?: number) => void x.mul(by ?? 1))).parameters.toEqualTypeOf<
      [x: Tensor, by?: number | undefined]
    >();
  });

  it("within functions that do not know them", () => {
    const twice =
      <Args extends Tree[], Result>(step: (...args: Args) => Result) =>
      (...args: Args): Result => {
        const compiled = compile(step);
        compiled(...args);
        return compiled(...args);
      };
    const step = twice((x: Tensor, by: number) => [x.mul(by)]);
    expectTypeOf(step).toEqualTypeOf<(x: Tensor, by: number) => Tensor[]>();
    expect(step(a, 2)[0].toArray()).toEqual([2, 4]);
  });
});

describe("what is no argument of a step does not compile", () => {
  const argumentOf = (step: unknown, argument: unknown) => () => (step as (given: unknown) => unknown)(argument);

  it("a map, a date, a typed array", () => {
    // @ts-expect-error an instance of a class
    const map = compile((rows: Map<string, Tensor>) => rows.get("x"));
    // @ts-expect-error one that is nested in an interface
    const date = compile((rows: Rows & { readonly when: Date }) => rows.x);
    // @ts-expect-error one in an array
    const arrays = compile((columns: Float32Array[]) => columns.length);
    expect(argumentOf(map, new Map())).toThrow(/argument of the step is .*Map/);
    expect(argumentOf(date, { x: a, names: [], when: new Date(0) })).toThrow(/argument of the step is .*Date/);
    expect(argumentOf(arrays, [new Float32Array(2)])).toThrow(/argument of the step is .*Float32Array/);
  });

  it("a function", () => {
    // @ts-expect-error a function
    const step = compile((x: Tensor, activation: (z: Tensor) => Tensor) => activation(x));
    expectTypeOf(step).toExtend<(...args: never[]) => unknown>();
    expect(() => (step as (...given: unknown[]) => unknown)(a, () => a)).toThrow(/argument of the step is/);
  });
});
