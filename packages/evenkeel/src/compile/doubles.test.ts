import { afterEach, describe, expect, it, vi } from "vitest";
import { F, nn } from "../index.ts";
import { Adam } from "../optim/index.ts";
import { manualSeed } from "../random/index.ts";
import { randint, randn, type Tensor, tensor } from "../tensor/index.ts";
import { compile } from "./compile.ts";

/** Networks of float64: one program as those of float32, and a word where they are not. */

afterEach(() => vi.restoreAllMocks());

const networks: Record<string, () => nn.Module> = {
  "batch norm": () =>
    new nn.Sequential(new nn.Linear(4, 6), new nn.BatchNorm1d(6), new nn.ReLU(), new nn.Linear(6, 3)).double(),
  none: () => new nn.Sequential(new nn.Linear(4, 5), new nn.LeakyReLU(), new nn.Linear(5, 3)).double(),
};

const classifiers: Record<string, () => nn.Module> = {
  "layer norm, tanh": () =>
    new nn.Sequential(new nn.Linear(4, 6), new nn.LayerNorm(6), new nn.Tanh(), new nn.Linear(6, 3)).double(),
  "sigmoid, silu": () =>
    new nn.Sequential(new nn.Linear(4, 5), new nn.Sigmoid(), new nn.SiLU(), new nn.Linear(5, 3)).double(),
};

function train(make: () => nn.Module, compiled: boolean, classes = false) {
  manualSeed(3);
  const model = make();
  const optimizer = new Adam(model.parameters());
  const step = compile(
    (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const output = model(x) as Tensor;
      const loss = classes ? F.crossEntropy(output, y) : F.mseLoss(output, y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { compile: compiled },
  );
  const x = randn([7, 4]).double();
  const y = classes ? randint(0, 3, [7]) : randn([7, 3]).double();
  const losses = Array.from({ length: 5 }, () => step(x, y).item());
  return { losses, parameters: [...model.parameters()], step };
}

describe("a network of float64", () => {
  const all = [
    ...Object.entries(networks).map(([name, make]) => [name, make, false] as const),
    ...Object.entries(classifiers).map(([name, make]) => [name, make, true] as const),
  ];

  it.each(all)("trains as one program, by the numbers of eager execution: %s", (_, make, classes) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const [compiled, eager] = [train(make, true, classes), train(make, false, classes)];
    const [program] = compiled.step.explain().programs;
    expect(program.fallbacks, String(compiled.step.explain())).toBe(0);
    expect(warn).not.toHaveBeenCalled();
    for (const [i, loss] of eager.losses.entries()) {
      expect(Math.abs(compiled.losses[i] - loss) / loss).toBeLessThan(1e-13);
    }
    for (const [i, { data }] of eager.parameters.entries()) {
      data.forEach((value, j) => {
        expect(Math.abs(compiled.parameters[i].data[j] - value)).toBeLessThan(1e-12);
      });
    }
  });

  it("warns once for a function, with the ops on the host and why", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const step = compile((x: Tensor) => x.remainder(2).add(x.erf()));
    step(tensor([1.5, 2], { dtype: "float64" }));
    step(tensor([1.5, 2, 3], { dtype: "float64" }));
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0][0]).toMatch(/remainder \(.*exact.*\); erf \(.*\)/);
    compile((x: Tensor) => x.erf())(tensor([1], { dtype: "float64" }));
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it("does not warn of float32", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    compile((x: Tensor) => x.remainder(2))(tensor([1.5, 2]));
    expect(warn).not.toHaveBeenCalled();
  });
});
