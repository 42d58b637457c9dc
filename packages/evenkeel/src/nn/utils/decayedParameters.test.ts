import { expect, it } from "vitest";
import * as nn from "../index.ts";

it("decays matrices, but neither scales nor biases, however many dimensions these have", () => {
  const model = new nn.Sequential(
    new nn.Conv2d(1, 2, 3),
    new nn.LayerNorm([2, 3]),
    new nn.RMSNorm([2, 3]),
    new nn.BatchNorm1d(3),
    new nn.ElementwiseAffine([2, 3]),
    new nn.LinearEnsemble(3, 2, { k: 4 }),
    new nn.Embedding(5, 2),
    new nn.Linear(3, 1),
    new nn.PReLU(3),
  );
  const decayed = nn.utils.decayedParameters(model);
  const names = model.namedParameters().flatMap(([name, parameter]) => (decayed.includes(parameter) ? [name] : []));
  expect(names).toEqual(["0.weight", "5.weight", "6.weight", "7.weight"]);
});

it("lists a weight that two layers share once, and takes modules only", () => {
  const [one, two] = [new nn.Linear(2, 2), new nn.Linear(2, 2)];
  two.weight = one.weight;
  expect(nn.utils.decayedParameters(new nn.Sequential(one, two))).toEqual([one.weight]);
  expect(() => nn.utils.decayedParameters({} as never)).toThrow("decayedParameters takes a module as its argument");
});
