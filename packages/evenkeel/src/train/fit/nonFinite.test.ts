import { beforeEach, describe, expect, it } from "vitest";
import { formatProblem, problemOf } from "../../core/index.ts";
import * as F from "../../nn/functional/index.ts";
import { BatchNorm1d, Dropout, Linear, Module, MSELoss, Sequential } from "../../nn/index.ts";
import { Adam, SGD } from "../../optim/index.ts";
import { getRngState, manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor, tensor } from "../../tensor/index.ts";
import type { Batch } from "../batches.ts";
import type { Model } from "../modelState.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fitOptions.ts";
import { firstNonFinite, NonFiniteLossError } from "./nonFinite.ts";

beforeEach(() => void manualSeed(0));

class Net extends Module {
  layer1 = new Linear(3, 4);
  norm = new BatchNorm1d(4);
  drop = new Dropout(0.5);
  layer2 = new Linear(4, 1);
  override forward(x: Tensor): Tensor {
    return this.layer2(this.drop(this.norm(this.layer1(x))));
  }
}

const batch = (): [Tensor, Tensor] => [randn([4, 3]), randn([4, 1])];

const stateOf = (model: Model) => Object.entries(model.stateDict()).map(([key, value]) => [key, value.data.slice()]);

const momentsOf = (optimizer: Adam | SGD) =>
  [...optimizer.state.values()].map((state) => Object.values(state).map(({ data }) => data.slice()));

/**
 * Trains until it fails, checks that the model, the optimizer and the generator are as they were
 * before the failing step, and returns the error.
 */
async function failure(model: Model, train: Batch[], more: Partial<FitOptions> = {}): Promise<NonFiniteLossError> {
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  let before: unknown;
  const take = () => {
    before = [stateOf(model), momentsOf(optimizer), getRngState()];
  };
  take();
  const training = fit(model, { train, loss: new MSELoss(), optimizer, epochs: 2, onBatch: take, ...more });
  const error = await training.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(NonFiniteLossError);
  const problem = problemOf(error);
  expect(problem?.code).toBe("not-finite");
  expect(problem && formatProblem(problem)).toBe((error as NonFiniteLossError).message);
  if (more.optimizer === undefined) expect([stateOf(model), momentsOf(optimizer), getRngState()]).toEqual(before);
  return error as NonFiniteLossError;
}

/** A batch with one value replaced. */
function spoilt(which: 0 | 1, index: number, value: number): Batch {
  const tensors = batch();
  tensors[which].data[index] = value;
  return tensors;
}

describe("a loss that is not finite", () => {
  it("names the column and row of the input", async () => {
    const error = await failure(new Net(), [batch(), spoilt(0, 7, Number.NaN)]);
    expect(error).toMatchObject({
      name: "NonFiniteLossError",
      phase: "train",
      epoch: 1,
      step: 2,
      batch: 2,
      loss: Number.NaN,
    });
    expect(error.where).toEqual({ kind: "input", input: 0, row: 2, column: 1 });
    expect(error.message).toBe(
      "the loss is NaN at epoch 1, train batch 2 (step 2): the input is not finite in row 2 of the batch, column 1. " +
        "Fill or remove the missing values of that column before training. Nothing of this step was applied.",
    );
  });

  it("gives the column its name", async () => {
    const columns = ["weight", "horsepower", "year"];
    const error = await failure(new Net(), [spoilt(0, 10, Number.POSITIVE_INFINITY)], { columns });
    expect(error.where).toEqual({ kind: "input", input: 0, row: 3, column: 1, name: "horsepower" });
    expect(error.message).toContain('column 1 ("horsepower")');
  });

  it("names the target", async () => {
    const error = await failure(new Net(), [batch(), batch(), spoilt(1, 3, Number.NaN)]);
    expect(error.where).toEqual({ kind: "target", row: 3 });
    expect(error).toMatchObject({ epoch: 1, step: 3 });
  });

  it("names a parameter that was not finite before", async () => {
    const model = new Net();
    model.layer2.weight.data[2] = Number.NaN;
    const error = await failure(model, [batch()]);
    expect(error.where).toEqual({ kind: "parameter", name: "layer2.weight" });
    expect(error.message).toContain('the parameter "layer2.weight" is not finite');
  });

  it("names the first layer whose output overflows", async () => {
    const model = new Sequential(new Linear(3, 4), new Linear(4, 4), new Linear(4, 1));
    noGrad(() => {
      model.getParameter("0.weight").fill_(1e30);
      model.getParameter("1.weight").fill_(1e30);
    });
    const error = await failure(model, [batch()]);
    expect(error.where).toEqual({ kind: "layer", name: "1", type: "Linear", at: "output" });
    expect(error.message).toContain('the output of layer "1" (Linear) is the first that is not finite');
    expect(error.message).toContain('The largest parameter is 1e+30, in "0.weight"');
    expect(error.message).toContain("smaller learning rate (it was 0.001)");
  });

  it("finds what is computed between layers, and after them", async () => {
    class Between extends Module {
      readonly last: boolean;
      first = new Linear(3, 2);
      second = new Linear(2, 1);
      constructor(last: boolean) {
        super();
        this.last = last;
      }
      override forward(x: Tensor): Tensor {
        const h = this.first(x);
        return this.last ? this.second(h).mul(0).log() : this.second(h.mul(0).log());
      }
    }
    expect((await failure(new Between(false), [batch()])).where).toEqual({
      kind: "layer",
      name: "second",
      type: "Linear",
      at: "input",
    });
    const after = await failure(new Between(true), [batch()]);
    expect(after.where).toEqual({ kind: "layer", name: "", type: "Between", at: "output" });
    expect(after.message).toContain("what Between.forward itself computes, after its layers");
  });

  it("blames the loss function where all that enters it is finite", async () => {
    const loss = (output: Tensor, target: Tensor) => output.sub(target).mean().mul(0).log();
    const error = await failure(new Net(), [batch()], { loss });
    expect(error.where).toEqual({ kind: "loss" });
    expect(error.loss).toBe(Number.NEGATIVE_INFINITY);
  });

  it("a learning rate that explodes is named with the layer", async () => {
    const model = new Sequential(new Linear(3, 8), new Linear(8, 1));
    const losses: number[] = [];
    let before: unknown;
    const error = await failure(model, [batch()], {
      optimizer: new SGD(model.parameters(), { lr: 1e4 }),
      epochs: 100,
      onBatch: ({ loss }) => {
        losses.push(loss);
        before = stateOf(model);
      },
    });
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(error.step).toBe(losses.length + 1);
    expect(["layer", "loss", "gradient"]).toContain(error.where.kind);
    expect(error.message).toContain("smaller learning rate (it was 10000)");
    expect(stateOf(model)).toEqual(before);
  });

  it("is found in validation, by the running statistics too", async () => {
    const data = spoilt(0, 4, Number.NaN);
    const error = await failure(new Net(), [batch()], { validation: [batch(), data] });
    expect(error).toMatchObject({ phase: "validation", epoch: 1, step: 1, batch: 2 });
    expect(error.where).toMatchObject({ kind: "input", row: 1, column: 1 });
    const model = new Net();
    model.getBuffer("norm.running_var").data[0] = Number.NaN;
    const stale = await failure(model, [batch()], { validation: [batch()] });
    expect(stale.where).toEqual({ kind: "buffer", name: "norm.running_var" });
  });
});

describe("a validation loss that is not finite", () => {
  it("leaves the generator as it was, where a model draws in eval mode too", async () => {
    class Sampling extends Module {
      layer = new Linear(3, 1);
      override forward(x: Tensor): Tensor {
        return F.dropout(this.layer(x), { p: 0.5, training: true });
      }
    }
    const model = new Sampling();
    noGrad(() => model.layer.weight.fill_(1e10));
    const [x, y] = batch();
    const error = await failure(model, [[x.mul(0), y]], { validation: [[x.abs().add(1).mul(1e30), y]] });
    expect(error).toMatchObject({ phase: "validation", where: { kind: "layer", name: "layer", at: "output" } });
  });
});

describe("a gradient that is not finite", () => {
  it("is found before the optimizer steps, and named nearest to the loss", async () => {
    // The square root of 0 has no slope: the loss is 0, its gradient is not.
    const loss = (output: Tensor, target: Tensor) =>
      output.sub(output.detach()).add(target.mul(0)).square().mean().sqrt();
    const model = new Net();
    const error = await failure(model, [batch()], { loss });
    expect(error).toMatchObject({ loss: 0, epoch: 1, step: 1 });
    expect(error.where).toEqual({ kind: "gradient", name: "layer2.bias" });
    expect(error.message).toContain("a gradient is not finite at epoch 1");
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
  });

  it("is traced to the layer whose backward made it, in the order of execution", async () => {
    class Backwards extends Module {
      // Declared in reverse order of execution: late, early.
      late = new Linear(2, 1);
      early = new Linear(3, 2);
      override forward(x: Tensor): Tensor {
        const h = this.early(x);
        return this.late(h.sub(h.detach()).abs().sqrt()); // infinite slope of the root at 0
      }
    }
    const error = await failure(new Backwards(), [batch()]);
    expect(error.where).toEqual({ kind: "gradient", name: "early.bias" });
  });
});

describe("firstNonFinite", () => {
  it("finds NaN and both infinities, and no large or small numbers", () => {
    expect(firstNonFinite(tensor([1, 3e38, 1e-45]))).toBe(-1);
    expect(firstNonFinite(tensor([1, Number.NaN, Number.NaN]))).toBe(1);
    expect(firstNonFinite(tensor([Number.NEGATIVE_INFINITY]))).toBe(0);
    expect(firstNonFinite(tensor([1, 2], { dtype: "int32" }))).toBe(-1);
    expect(firstNonFinite(tensor(new Float32Array(0)))).toBe(-1);
  });
});
