import { describe, expect, it } from "vitest";
import { noGrad, tensor } from "../tensor/index.ts";
import { Adam, type AdamOptions, type OptimizerStateDict } from "./index.ts";

const leaf = (...values: number[]) => tensor(values, { requiresGrad: true });

/** Gives every parameter a gradient of ones and steps. */
function advance(optimizer: Adam): void {
  for (const param of optimizer.paramGroups.flatMap(({ params }) => params))
    param.grad = tensor(new Float32Array(param.numel()).fill(1), { shape: param.shape });
  optimizer.step();
}

/** Everything about an optimizer that a failed call must not change. */
const snapshot = (optimizer: Adam) =>
  JSON.stringify([
    optimizer.paramGroups.map(({ params, ...options }) => [options, params.map((param) => param.toArray())]),
    [...optimizer.state.values()].map((state) => Object.entries(state).map(([name, value]) => [name, value.toArray()])),
  ]);

describe("stateDict", () => {
  const trained = (...sizes: number[]) => {
    const optimizer = new Adam(
      sizes.map((size) => ({ params: [tensor(new Float32Array(size), { requiresGrad: true })] })),
      { lr: 0.5 },
    );
    advance(optimizer);
    return optimizer;
  };

  it("numbers parameters across groups and is plain data but for its tensors", () => {
    const { state, paramGroups } = trained(2, 1).stateDict();
    expect(paramGroups.map(({ params }) => params)).toEqual([[0], [1]]);
    expect(JSON.parse(JSON.stringify(paramGroups))).toEqual(paramGroups);
    expect([state[0].exp_avg.shape, state[1].exp_avg.shape]).toEqual([[2], [1]]);
  });

  it("holds the optimizer's own tensors, but not its hyperparameters", () => {
    const optimizer = trained(1);
    const { state, paramGroups } = optimizer.stateDict();
    paramGroups[0].lr = 9;
    (paramGroups[0].betas as [number, number])[0] = 0;
    advance(optimizer);
    expect([optimizer.paramGroups[0].lr, optimizer.paramGroups[0].betas[0]]).toEqual([0.5, 0.9]);
    expect(state[0].step.item()).toBe(2);
  });

  it("is copied when loaded, into the tensors that are there", () => {
    const source = trained(2);
    const saved = source.stateDict();
    const target = trained(2);
    advance(target);
    const [own] = [...target.state.values()];
    const { exp_avg: mean, step } = own;
    target.loadStateDict(saved);
    expect([own.exp_avg === mean, own.step === step, step.item()]).toEqual([true, true, 1]);
    expect(mean.data).toEqual(saved.state[0].exp_avg.data);
    advance(target);
    expect(saved.state[0].step.item()).toBe(1);
    expect(source.paramGroups[0].betas).not.toBe(target.paramGroups[0].betas);
  });

  it("finds its parameters by the positions it names", () => {
    const { state, paramGroups } = trained(1).stateDict();
    const optimizer = new Adam([leaf(0)]);
    optimizer.loadStateDict({ state: { 5: state[0] }, paramGroups: [{ ...paramGroups[0], params: [5] }] });
    expect([...optimizer.state.values()][0].step.item()).toBe(1);
  });

  it("without an entry starts a parameter over, in place", () => {
    const fresh = new Adam([leaf(0)], { lr: 0.5 });
    const optimizer = trained(1);
    const [{ exp_avg: mean }] = [...optimizer.state.values()];
    optimizer.loadStateDict(fresh.stateDict());
    expect(optimizer.stateDict().state).toEqual({});
    expect(mean.item()).toBe(0);
    const param = optimizer.paramGroups[0].params[0];
    noGrad(() => param.zero_());
    advance(optimizer);
    advance(fresh);
    expect([param.item(), mean.item()]).toEqual([fresh.paramGroups[0].params[0].item(), Math.fround(0.1)]);
  });

  it("converts moments to the parameter's dtype, and keeps the count exact", () => {
    const { state, paramGroups } = trained(1).stateDict();
    const entry = { ...state[0], exp_avg: tensor(Float64Array.of(0.1)), step: tensor(3) };
    const optimizer = new Adam([leaf(0)]);
    optimizer.loadStateDict({ state: { 0: entry }, paramGroups });
    const [{ exp_avg: mean, step }] = [...optimizer.state.values()];
    expect([mean.dtype, mean.item(), step.dtype, step.item()]).toEqual(["float32", Math.fround(0.1), "float64", 3]);
  });

  type Dict = OptimizerStateDict<AdamOptions>;
  it.each<[string, (dict: Dict) => unknown, RegExp, ErrorConstructor]>([
    ["nothing", () => undefined, /state dict must be \{ state, paramGroups \}, got undefined/, TypeError],
    ["no state", ({ paramGroups }) => ({ paramGroups }), /state of the state dict must be an object/, TypeError],
    ["no groups", ({ state }) => ({ state }), /paramGroups of the state dict must be a list of groups/, TypeError],
    [
      "PyTorch's spelling",
      ({ state, paramGroups }) => ({ state, param_groups: paramGroups }),
      /paramGroups of the state dict must be/,
      TypeError,
    ],
    [
      "a group less",
      ({ state, paramGroups }) => ({ state, paramGroups: paramGroups.slice(1) }),
      /different number of parameter groups: 1 instead of 2/,
      RangeError,
    ],
    [
      "a parameter more",
      (dict) => dict.paramGroups[1].params.push(2) && dict,
      /group 1 has 2 parameters instead of 1/,
      RangeError,
    ],
    [
      "positions that are no numbers",
      (dict) => Object.assign(dict.paramGroups[1].params, ["1"]) && dict,
      /params of parameter group 1 of the state dict must be a list of positions/,
      TypeError,
    ],
    [
      "a group that is no object",
      (dict) => Object.assign(dict.paramGroups, [dict.paramGroups[0], 3]) && dict,
      /parameter group 1 of the state dict must be an object/,
      TypeError,
    ],
    [
      "no lr",
      (dict) => Reflect.deleteProperty(dict.paramGroups[1], "lr") && dict,
      /parameter group 1 of the loaded state dict misses lr/,
      Error,
    ],
    [
      "another optimizer's option",
      (dict) => Object.assign(dict.paramGroups[1], { momentum: 1 }) && dict,
      /has unknown momentum; was it saved by the same kind/,
      Error,
    ],
    ["an invalid lr", (dict) => Object.assign(dict.paramGroups[1], { lr: -1 }) && dict, /lr is -1/, RangeError],
    [
      "state of no parameter",
      (dict) => Object.assign(dict.state, { 7: dict.state[0] }) && dict,
      /state for parameters that none of its groups names: 7/,
      Error,
    ],
    [
      "a missing moment",
      (dict) => Reflect.deleteProperty(dict.state[1], "exp_avg") && dict,
      /state 1 of the loaded state dict misses exp_avg/,
      Error,
    ],
    [
      "no largest moment for amsgrad",
      (dict) => Object.assign(dict.paramGroups[1], { amsgrad: true }) && dict,
      /state 1 of the loaded state dict misses max_exp_avg_sq/,
      Error,
    ],
    [
      "an unknown tensor",
      (dict) => Object.assign(dict.state[1], { momentum_buffer: tensor([1]) }) && dict,
      /state 1 .* has unknown momentum_buffer/,
      Error,
    ],
    [
      "a moment of another shape",
      (dict) => Object.assign(dict.state[1], { exp_avg: tensor([1, 2, 3]) }) && dict,
      /exp_avg in state 1 .* has shape \[3\], expected \[1\], the shape of its parameter/,
      RangeError,
    ],
    [
      "a count per element",
      (dict) => Object.assign(dict.state[1], { step: tensor([1]) }) && dict,
      /step in state 1 .* has shape \[1\], expected \[\]/,
      RangeError,
    ],
    [
      "a number for a tensor",
      (dict) => Object.assign(dict.state[1], { step: 3 }) && dict,
      /step in state 1 .* must be a Tensor, got 3/,
      TypeError,
    ],
  ])("is refused with %s, and nothing is written", (_, spoil, message, kind) => {
    const dict = trained(2, 1).stateDict();
    const optimizer = trained(2, 1);
    advance(optimizer);
    const before = snapshot(optimizer);
    const spoilt = spoil(dict) as Dict;
    expect(() => optimizer.loadStateDict(spoilt)).toThrow(message);
    expect(() => optimizer.loadStateDict(spoilt)).toThrow(kind);
    expect(snapshot(optimizer)).toBe(before);
  });
});
