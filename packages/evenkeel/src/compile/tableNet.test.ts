import { describe, expect, it } from "vitest";
import * as F from "../nn/functional/index.ts";
import { Embedding, LayerNorm, Linear, Module } from "../nn/index.ts";
import { AdamW } from "../optim/index.ts";
import { manualSeed } from "../random/index.ts";
import { cat, randint, randn, type Tensor, tensor } from "../tensor/index.ts";
import { compile } from "./compile.ts";

/** A network for tables, compiled: embedded categories beside numbers, and layer normalization. */

class TableNet extends Module<[Tensor, Tensor]> {
  origin = new Embedding(4, 3, { paddingIdx: 0 });
  maker = new Embedding(20, 6);
  hidden = new Linear(14, 18);
  norm = new LayerNorm(18);
  last = new Linear(18, 1);

  override forward(numbers: Tensor, categories: Tensor): Tensor {
    const columns = [this.origin(categories.select(1, 0)), this.maker(categories.select(1, 1)), numbers];
    return this.last(F.silu(this.norm(this.hidden(cat(columns, 1)))));
  }
}

function trainer() {
  manualSeed(5);
  const model = new TableNet();
  const optimizer = new AdamW(model.parameters(), { lr: 0.01 });
  const step = (numbers: Tensor, categories: Tensor, target: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(model(numbers, categories), target);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step };
}

const batch = (rows: number) =>
  [randn([rows, 5]), cat([randint(0, 4, [rows, 1]), randint(0, 20, [rows, 1])], 1), randn([rows, 1])] as const;

const valuesOf = (model: Module<[Tensor, Tensor]>) => model.parameters().flatMap(({ data }) => Array.from(data));

describe("a training step with Embedding and LayerNorm", () => {
  it("runs without the host, and computes what eager execution does", () => {
    const [eager, compiled] = [trainer(), trainer()];
    const step = compile(compiled.step);
    for (let i = 0; i < 5; i++) {
      const example = batch(i < 4 ? 32 : 7);
      const [expected, actual] = [eager.step(...example).item(), step(...example).item()];
      expect(Math.abs(actual - expected)).toBeLessThan(1e-5);
    }
    const { programs } = step.explain();
    expect(programs.map(({ fallbacks }) => fallbacks)).toEqual([0, 0]);
    const expected = valuesOf(eager.model);
    expect(Math.max(...valuesOf(compiled.model).map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-4);
  });

  it("leaves the row of the padding at 0", () => {
    const { model, step } = trainer();
    const compiled = compile(step);
    for (let i = 0; i < 3; i++) compiled(...batch(32));
    expect(Array.from(model.origin.weight.data.slice(0, 3))).toEqual([0, 0, 0]);
    expect(Array.from(model.origin.weight.data.slice(3)).every((value) => value !== 0)).toBe(true);
  });

  it("refuses a category that is not there, and moves nothing", () => {
    const { model, step } = trainer();
    const compiled = compile(step);
    compiled(...batch(8));
    const before = valuesOf(model);
    const [numbers, , target] = batch(8);
    const categories = tensor(
      Array.from({ length: 8 }, (_, i) => [1, i === 5 ? 20 : 3]),
      { dtype: "int32" },
    );
    expect(() => compiled(numbers, categories, target)).toThrow(RangeError);
    expect(() => compiled(numbers, categories, target)).toThrow(
      /embedding: index 20 is out of range, expected 0 to 19/,
    );
    expect(valuesOf(model)).toEqual(before);
  });
});
