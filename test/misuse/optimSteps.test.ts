import { Generator, nn, ones, optim, tensor } from "evenkeel";
import { linear, misuse, stepped, testMisuses, wrong } from "./misuse.ts";

/** The same, with its own state dict after a change. */
const loading = (change: (dict: ReturnType<optim.Adam["stateDict"]>) => unknown) => () => {
  const { list, optimizer } = stepped();
  const dict = stepped().optimizer.stateDict();
  change(dict);
  return { list, optimizer, dict };
};

testMisuses("steps", [
  misuse(
    "at a rate that was made negative",
    RangeError,
    ["lr is -1", "at least 0"],
    () => {
      const given = stepped();
      given.optimizer.paramGroups[0].lr = -1;
      return given;
    },
    ({ optimizer }) => optimizer.step(),
  ),
  misuse(
    "along a gradient of another shape, behind one that fits",
    RangeError,
    ["shape [3]", "gradient of shape [2]"],
    () => {
      const given = stepped();
      given.list[1].grad = ones([2]);
      return given;
    },
    ({ optimizer }) => optimizer.step(),
  ),
  misuse(
    "along a gradient of another dtype",
    RangeError,
    ["float32", "float64", "like the parameter"],
    () => {
      const given = stepped();
      given.list[0].grad = ones([2], { dtype: "float64" });
      return given;
    },
    ({ optimizer }) => optimizer.step(),
  ),
]);

testMisuses("closures", [
  misuse("that are numbers", TypeError, ["step: the closure is 5", "expected a function"], stepped, ({ optimizer }) =>
    optimizer.step(wrong(5)),
  ),
]);

testMisuses("state dicts of optimizers", [
  misuse("nothing", TypeError, ["must be { state, paramGroups }", "null"], stepped, ({ optimizer }) =>
    optimizer.loadStateDict(wrong(null)),
  ),
  misuse(
    "another number of groups",
    RangeError,
    ["2 instead of 1"],
    loading(({ paramGroups }) => paramGroups.push({ ...paramGroups[0], params: [] })),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
  misuse(
    "another number of parameters",
    RangeError,
    ["group 0 has 1 parameters instead of 2"],
    loading((dict) => dict.paramGroups[0].params.pop()),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
  misuse(
    "that of another kind",
    Error,
    ["misses betas", "unknown momentum", "same kind of optimizer?"],
    () => {
      const given = stepped();
      return { ...given, dict: new optim.SGD(given.list, { lr: 1 }).stateDict() };
    },
    ({ optimizer, dict }) => optimizer.loadStateDict(wrong(dict)),
  ),
  misuse(
    "a moment of another shape, behind one that fits",
    RangeError,
    ["exp_avg in state 1", "[5]", "expected [3]"],
    loading((dict) => {
      dict.state[1].exp_avg = ones([5]);
    }),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
  misuse(
    "a moment that is missing",
    Error,
    ["state 1", "misses exp_avg"],
    loading((dict) => {
      delete dict.state[1].exp_avg;
    }),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
  misuse(
    "a moment that is an array",
    TypeError,
    ["exp_avg in state 0", "must be a Tensor", "got ["],
    loading((dict) => {
      dict.state[0].exp_avg = wrong([1, 2]);
    }),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
  misuse(
    "a moment of integers",
    TypeError,
    ["exp_avg in state 1", "is int32", "float32 or float64", ".float()"],
    loading((dict) => {
      dict.state[1].exp_avg = ones([3], { dtype: "int32" });
    }),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
  misuse(
    "a rate out of range",
    RangeError,
    ["lr is -3"],
    loading((dict) => {
      dict.paramGroups[0].lr = -3;
    }),
    ({ optimizer, dict }) => optimizer.loadStateDict(dict),
  ),
]);

const withGradient =
  (...values: number[]) =>
  () => {
    const parameter = new nn.Parameter(ones([2]));
    parameter.grad = tensor(values);
    return [parameter, new nn.Parameter(ones([3]))];
  };

testMisuses("clipping", [
  misuse("to a negative norm", RangeError, ["maxNorm is -1", "at least 0"], withGradient(3, 4), (list) =>
    optim.clipGradNorm(list, -1),
  ),
  misuse("to a norm in quotes", TypeError, ['maxNorm is "1"', "expected a number"], withGradient(3, 4), (list) =>
    optim.clipGradNorm(list, wrong("1")),
  ),
  misuse("with PyTorch's spelling", TypeError, ['unknown option "norm_type"', "normType"], withGradient(3, 4), (list) =>
    optim.clipGradNorm(list, 1, wrong({ norm_type: 1 })),
  ),
  misuse("by a norm of order 0", RangeError, ["normType is 0", "above 0"], withGradient(3, 4), (list) =>
    optim.clipGradNorm(list, 1, { normType: 0 }),
  ),
  misuse(
    "of gradients that are NaN, where that is an error",
    Error,
    ["is NaN", "errorIfNonfinite"],
    withGradient(Number.NaN, 1),
    (list) => optim.clipGradNorm(list, 1, { errorIfNonfinite: true }),
  ),
  misuse("to a value that is NaN", RangeError, ["clipValue is NaN", "at least 0"], withGradient(3, 4), (list) =>
    optim.clipGradValue(list, Number.NaN),
  ),
  misuse("of a model", TypeError, ["parameters is Linear", "iterable of Tensors"], linear, (model) =>
    optim.clipGradNorm(wrong(model), 1),
  ),
  misuse(
    "of a generator",
    TypeError,
    ["parameters is Generator", "iterable of Tensors"],
    () => new Generator(),
    (generator) => optim.clipGradValue(wrong(generator), 1),
  ),
]);
