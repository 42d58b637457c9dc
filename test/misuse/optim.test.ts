import { nn, ones, optim } from "evenkeel";
import { linear, misuse, stepped, testMisuses, wrong } from "./misuse.ts";

const params = () => [new nn.Parameter(ones([2])), new nn.Parameter(ones([3]))];

testMisuses("options of optimizers", [
  misuse(
    "a negative learning rate",
    RangeError,
    ["lr is -1", "at least 0"],
    params,
    (list) => new optim.SGD(list, { lr: -1 }),
  ),
  misuse(
    "a learning rate that is NaN",
    RangeError,
    ["lr is NaN", "finite"],
    params,
    (list) => new optim.Adam(list, { lr: Number.NaN }),
  ),
  misuse(
    "a learning rate in quotes",
    TypeError,
    ['lr is "0.1"', "expected a finite number"],
    params,
    (list) => new optim.Adam(list, { lr: wrong("0.1") }),
  ),
  misuse(
    "a learning rate by position",
    TypeError,
    ["the options are 0.1", "{ lr: ... }"],
    params,
    (list) => new optim.Adam(list, wrong(0.1)),
  ),
  misuse(
    "no learning rate for SGD",
    Error,
    ["parameter lr", "to SGD"],
    params,
    (list) => new optim.SGD(list, wrong({})),
  ),
  misuse(
    "a beta of 1",
    RangeError,
    ["betas[1] is 1", "from 0 up to, but not including, 1"],
    params,
    (list) => new optim.Adam(list, { betas: [0.9, 1] }),
  ),
  misuse(
    "one beta",
    TypeError,
    ["betas is 0.9", "two numbers"],
    params,
    (list) => new optim.Adam(list, { betas: wrong(0.9) }),
  ),
  misuse(
    "a negative eps",
    RangeError,
    ["eps is -1", "at least 0"],
    params,
    (list) => new optim.AdamW(list, { eps: -1 }),
  ),
  misuse(
    "a negative weight decay",
    RangeError,
    ["weightDecay is -1", "at least 0"],
    params,
    (list) => new optim.AdamW(list, { weightDecay: -1 }),
  ),
  misuse(
    "a negative momentum",
    RangeError,
    ["momentum is -0.1", "at least 0"],
    params,
    (list) => new optim.SGD(list, { lr: 1, momentum: -0.1 }),
  ),
  misuse(
    "nesterov without momentum",
    Error,
    ["requires a momentum", "momentum 0"],
    params,
    (list) => new optim.SGD(list, { lr: 1, nesterov: true }),
  ),
  misuse(
    "a switch in quotes",
    TypeError,
    ['amsgrad is "yes"', "true or false"],
    params,
    (list) => new optim.Adam(list, { amsgrad: wrong("yes") }),
  ),
  misuse(
    "an option that is not there",
    TypeError,
    ['"learningRate"', "lr, betas, eps"],
    params,
    (list) => new optim.Adam(list, wrong({ learningRate: 1 })),
  ),
]);

testMisuses("parameters of optimizers", [
  misuse(
    "none",
    RangeError,
    ["empty parameter list", "model without layers?"],
    () => [],
    (list) => new optim.Adam(list),
  ),
  misuse(
    "one, bare",
    TypeError,
    ["iterable of Tensors", "Parameter", "model.parameters()"],
    () => params()[0],
    (param) => new optim.Adam(wrong(param)),
  ),
  misuse(
    "the model itself",
    TypeError,
    ["iterable of Tensors", "Linear", "model.parameters()"],
    linear,
    (model) => new optim.Adam(wrong(model)),
  ),
  misuse(
    "with their names",
    TypeError,
    ["parameter 0 is a list of", "not namedParameters()"],
    linear,
    (model) => new optim.Adam(wrong(model.namedParameters())),
  ),
  misuse("one twice", Error, ["parameter 1 of shape [2]", "twice", "once"], params, ([a]) => new optim.Adam([a, a])),
  misuse(
    "one in two groups",
    Error,
    ["more than one parameter group", "once"],
    params,
    ([a]) => new optim.Adam([{ params: [a] }, { params: [a] }]),
  ),
  misuse(
    "one that was computed",
    Error,
    ["non-leaf", "shape [2]", "detach()"],
    params,
    ([a]) => new optim.Adam([a.mul(2)]),
  ),
  misuse(
    "integers",
    TypeError,
    ["parameter 0 is int32", "float32 and float64", "convert"],
    () => [ones([2], { dtype: "int32" })],
    (list) => new optim.Adam(list),
  ),
  misuse(
    "groups among tensors",
    TypeError,
    ["parameter 1 is a plain object", "Tensors only, or groups only"],
    params,
    ([a, b]) => new optim.Adam(wrong([a, { params: [b] }])),
  ),
  misuse(
    "a group with an option that is not there",
    TypeError,
    ['unknown option "learning"', "lr, betas"],
    params,
    (list) => new optim.Adam([wrong({ params: list, learning: 2 })]),
  ),
  misuse("a group that is added with a bad rate", RangeError, ["lr is -1"], stepped, ({ optimizer }) =>
    optimizer.addParamGroup({ params: params(), lr: -1 }),
  ),
  misuse("a group that is added with a parameter that is there", Error, ["more than one"], stepped, (given) =>
    given.optimizer.addParamGroup({ params: [ones([1]), given.list[0]] }),
  ),
]);
