import { beforeEach, describe, expect, it } from "vitest";
import { DataLoader, TensorDataset } from "../../data/index.ts";
import { BatchNorm1d, Dropout, Linear, Module, MSELoss, Sequential } from "../../nn/index.ts";
import { manualSeed } from "../../random/index.ts";
import { randn, type Tensor, zeros } from "../../tensor/index.ts";
import { evaluate, predict } from "./evaluate.ts";
import { mae, meanAbsoluteError, meanSquaredError, rmse } from "./metrics.ts";

beforeEach(() => void manualSeed(0));

function setUp() {
  const model = new Sequential(new Linear(2, 4), new BatchNorm1d(4), new Dropout(0.5), new Linear(4, 1));
  for (let i = 0; i < 3; i++) model(randn([16, 2]));
  const [x, y] = [randn([21, 2]), randn([21, 1])];
  const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 5 });
  return { model, x, y, loader };
}

const modesOf = (model: Module) => model.modules().map(({ training }) => training);

describe("evaluate", () => {
  it("scores all rows in eval mode, whatever the batches, and sets the modes back", () => {
    const { model, x, y, loader } = setUp();
    model.getSubmodule("1").eval();
    const modes = modesOf(model);
    const before = model.getBuffer("1.running_mean").clone();
    const scores = evaluate(model, loader, { loss: new MSELoss(), metrics: { mae: mae(), rmse: rmse() } });
    expect(modesOf(model)).toEqual(modes);
    expect(model.getBuffer("1.running_mean").data).toEqual(before.data);
    model.eval();
    const output = model(x);
    expect(scores.mae).toBeCloseTo(meanAbsoluteError(output, y), 6);
    expect(scores.loss).toBeCloseTo(meanSquaredError(output, y), 6);
    expect(scores.rmse).toBeCloseTo(Math.sqrt(scores.loss), 6);
  });

  it("takes used metrics anew", () => {
    const { model, loader } = setUp();
    const options = { loss: new MSELoss(), metrics: { mae: mae() } };
    expect(evaluate(model, loader, options)).toEqual(evaluate(model, loader, options));
  });

  it("reports a loss that is not finite as it is", () => {
    const { model, x, y } = setUp();
    y.data[0] = Number.NaN;
    expect(evaluate(model, [[x, y]], { loss: new MSELoss() })).toEqual({ loss: Number.NaN });
  });

  it("sets the modes back after an error", () => {
    const { model, x, y } = setUp();
    const modes = modesOf(model);
    expect(() => evaluate(model, [[x, y.squeeze(1)]], { loss: new MSELoss(), metrics: { mae: mae() } })).toThrow();
    expect(() => evaluate(model, [], { loss: new MSELoss() })).toThrow("the loader gives no batches");
    expect(() => evaluate(model, [[x, y]], { loss: new MSELoss(), metric: mae() } as never)).toThrow(
      'unknown option "metric"',
    );
    expect(() => evaluate(model, x as never, { loss: new MSELoss() })).toThrow("the loader is Tensor");
    expect(modesOf(model)).toEqual(modes);
  });
});

describe("predict", () => {
  it("says what the model says in eval mode, without gradients", () => {
    const { model, x } = setUp();
    const modes = modesOf(model);
    const output = predict(model, x);
    expect(output.requiresGrad).toBe(false);
    expect(modesOf(model)).toEqual(modes);
    model.eval();
    expect(output.data).toEqual(model(x).data);
  });

  it("goes through a loader, with or without targets, and keeps the order of the rows", () => {
    const { model, x, loader } = setUp();
    const whole = predict(model, x);
    expect(predict(model, loader).data).toEqual(whole.data);
    expect(predict(model, x.split(4)).data).toEqual(whole.data);
    expect(predict(model, [[x]]).shape).toEqual([21, 1]);
  });

  it("predicts a single row through BatchNorm", () => {
    const { model, x } = setUp();
    expect(predict(model, x.narrow(0, 3, 1)).item()).toBe(predict(model, x).data[3]);
  });

  it("passes several inputs", () => {
    class Sum extends Module<[Tensor, Tensor]> {
      override forward(a: Tensor, b: Tensor): Tensor {
        return a.add(b);
      }
    }
    const [a, b] = [randn([3, 1]), randn([3, 1])];
    const sum = a.add(b).data;
    expect(predict(new Sum(), a, b).data).toEqual(sum);
    expect(predict(new Sum(), [[a, b, zeros([3])]]).data).toEqual(sum);
  });

  it("refuses loaders that are none or empty, and models that give no tensor", () => {
    const { model, x } = setUp();
    expect(() => predict(model, 3 as never)).toThrow("the loader is 3, expected something to loop over");
    expect(() => predict(model, [])).toThrow("gives no batches");
    class Text extends Module<[Tensor], string> {
      override forward(): string {
        return "high";
      }
    }
    expect(() => predict(new Text() as never, x)).toThrow("the model gave string, expected one Tensor");
  });
});
