import { describe, expect, expectTypeOf, it } from "vitest";
import type { NdArray, Spec, Value } from "../core/index.ts";
import { add, concat } from "../ops/index.ts";
import { tensor } from "./creation/creation.ts";
import { Tensor } from "./tensor.ts";

describe("the brand of a value", () => {
  it("lets a tensor through, and gives one back", () => {
    expectTypeOf<Tensor>().toExtend<Value>();
    expectTypeOf(add<Tensor>(tensor([1, 2]), 1)).toEqualTypeOf<Tensor>();
    expect(add<Tensor>(tensor([1, 2]), 1)).toBeInstanceOf(Tensor);
  });

  it("refuses what only looks like one", () => {
    expectTypeOf<Spec>().not.toExtend<Value>();
    expectTypeOf<NdArray>().not.toExtend<Value>();
    const spec = { shape: [2], dtype: "float32" } as const;
    // @ts-expect-error a spec has no contents
    expect(() => add(spec, 1)).toThrow();
    // @ts-expect-error a spec has no contents
    expect(() => concat([spec], { dim: 0 })).toThrow();
  });

  it("costs nothing: no object has it", () => {
    expect(Object.getOwnPropertySymbols(tensor([1, 2]))).toEqual([]);
  });
});
