import { Generator, nn, ones, type Tensor, tensor } from "evenkeel";
import { linear, matrix, misuse, network, testMisuses, withInput, wrong } from "./misuse.ts";

const none = () => undefined;

class Forgetful extends (nn.Module as unknown as new () => nn.Identity) {}

testMisuses("modules", [
  misuse(
    "no forward",
    Error,
    ['Forgetful has no method "forward"', "write forward(x)"],
    withInput(() => new Forgetful(), [1]),
    ({ model, x }) => model(x),
  ),
  misuse(
    "a class for a layer",
    TypeError,
    ["the class ReLU", "new ReLU(...)"],
    none,
    () => new nn.Sequential(wrong(nn.ReLU)),
  ),
  misuse(
    "a list of layers",
    TypeError,
    ["element 0", "pair [name, module]", "...modules"],
    none,
    () => new nn.Sequential(wrong([new nn.ReLU()])),
  ),
  misuse(
    "a function for a layer",
    TypeError,
    ['"1" must be a module', "the function"],
    none,
    () =>
      new nn.Sequential(
        new nn.ReLU(),
        wrong((x: Tensor) => x),
      ),
  ),
  misuse("a layer that is not there", RangeError, ["no module at 7", "-4 to 3"], network, (model) => model.at(7)),
  misuse(
    "a list that is called",
    Error,
    ["ModuleList has no forward", "for (const module of list)"],
    () => new nn.ModuleList([linear()]),
    (list) => (list as unknown as nn.Module)(ones([1, 3])),
  ),
  misuse(
    "a name that is not there",
    RangeError,
    ['no module "b"', "it has a"],
    () => new nn.ModuleDict({ a: linear() }),
    (dict) => dict.get("b"),
  ),
  misuse("a path that leads nowhere", RangeError, ['no submodule "7.x"', '"0", "1", "2", "3"'], network, (model) =>
    model.getSubmodule("7.x"),
  ),
  misuse("a parameter that is not there", RangeError, ['no parameter "w"', '"weight", "bias"'], linear, (layer) =>
    layer.getParameter("w"),
  ),
  misuse("a parameter with a dot in its name", RangeError, ["no dot", '"a.b"'], linear, (layer) =>
    layer.registerParameter("a.b", new nn.Parameter(ones([1]))),
  ),
  misuse("a name that is taken", Error, ['member "forward"', "another name"], linear, (layer) =>
    layer.registerBuffer("forward", ones([1])),
  ),
  misuse(
    "a parameter out of an array",
    TypeError,
    ["Parameter takes a Tensor", "got [1, 2]", "tensor(...)"],
    none,
    () => new nn.Parameter(wrong([1, 2])),
  ),
  misuse(
    "a parameter of integers",
    TypeError,
    ["only float32 and float64", "int32"],
    none,
    () => new nn.Parameter(ones([1], { dtype: "int32" })),
  ),
  misuse("train with a number of epochs", TypeError, ["Sequential.train", "got 5", "fit(...)"], network, (model) =>
    model.train(wrong(5)),
  ),
  misuse("weights that are to be integers", TypeError, ['"float32", "float64" or "cpu"', '"int32"'], network, (model) =>
    model.to("int32"),
  ),
  misuse("a hook that is no function", TypeError, ["hook of Linear", "got 5"], linear, (layer) =>
    layer.registerForwardHook(wrong(5)),
  ),
  misuse(
    "a pre-hook that returns its input bare",
    TypeError,
    ["pre-hook of Linear", "list of inputs", "return [input]"],
    () => {
      const model = linear();
      model.registerForwardPreHook(() => wrong(ones([2, 3])));
      return { model, x: ones([2, 3]) };
    },
    ({ model, x }) => model(x),
  ),
  misuse(
    "a backward hook that returns too few",
    RangeError,
    ["hook of Linear", "each of its 1 inputs", "got 0"],
    () => {
      const model = linear();
      model.registerFullBackwardHook(() => []);
      const x = tensor([[1, 2, 3]], { requiresGrad: true });
      return { model, x, loss: model(x).sum() };
    },
    ({ loss }) => loss.backward(),
  ),
]);

testMisuses("starting values", [
  misuse("an unknown nonlinearity", RangeError, ['"relu6"', "leakyRelu"], none, () =>
    nn.init.calculateGain(wrong("relu6")),
  ),
  misuse(
    "fans of a vector",
    RangeError,
    ["kaimingUniform_", "shape [3]", "at least 2 dimensions", "use uniform_"],
    () => ones([3]),
    (x) => nn.init.kaimingUniform_(x),
  ),
  misuse("PyTorch's spelling of a mode", RangeError, ['mode is "fan_in"', '"fanIn" or "fanOut"'], matrix, (x) =>
    nn.init.kaimingUniform_(x, { mode: wrong("fan_in") }),
  ),
  misuse("cut ends the wrong way round", RangeError, ["a is 1 and b is 0", "a below b"], matrix, (x) =>
    nn.init.truncNormal_(x, { a: 1, b: 0 }),
  ),
  misuse(
    "integers",
    TypeError,
    ["uniform_", "dtype int32", "expected float32"],
    () => ones([3], { dtype: "int32" }),
    (x) => nn.init.uniform_(x),
  ),
  misuse(
    "more than all of it at 0",
    RangeError,
    ["sparsity is 2", "from 0 to 1"],
    () => ({ x: matrix(), generator: new Generator(0) }),
    ({ x, generator }) => nn.init.sparse_(x, { sparsity: 2, generator }),
  ),
]);

testMisuses("summary", [
  misuse(
    "of an input that does not fit",
    RangeError,
    ["cannot run on inputs of shape [2, 5]", '"0" (Linear)', "expects 3", "one row"],
    network,
    (model) => nn.summary(model, [5]),
  ),
  misuse("of what is no module", TypeError, ["takes a module", "a plain object"], none, () =>
    nn.summary(wrong({}), [3]),
  ),
]);
