import { compile, nn, ones, randn, type Tensor, train } from "evenkeel";
import { misuse, testMisuses, wrong } from "./misuse.ts";

const network = () => ({
  model: new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3), new nn.Dropout(), new nn.Linear(3, 1)),
  input: randn([4, 2]),
});
type Network = ReturnType<typeof network>;

const { checkBatchNorm } = nn;
const { fuse, fuseConvBatchNorm, fuseLinearBatchNorm } = nn.utils;
const evaluating = () => {
  const { model, input } = network();
  return { model: model.eval(), input };
};
const pair = (options: { readonly trackRunningStats?: boolean } = {}, channels = 3) => ({
  linear: new nn.Linear(2, 3).eval(),
  norm: new nn.BatchNorm1d(channels, options).eval(),
});

testMisuses("checkBatchNorm", [
  misuse("no model", TypeError, ["model is 5", "an nn.Module"], network, () => checkBatchNorm(wrong(5))),
  misuse("an option that is not there", TypeError, ['unknown option "data"', "loader"], network, ({ model }) =>
    checkBatchNorm(model, wrong({ data: [] })),
  ),
  misuse("a tensor for a loader", TypeError, ["loader is Tensor", "[input, target]"], network, ({ model, input }) =>
    checkBatchNorm(model, { loader: wrong(input) }),
  ),
  misuse("batches of numbers", TypeError, ["something else than a list of tensors"], network, ({ model }) =>
    checkBatchNorm(model, { loader: wrong([[1, 2]]) }),
  ),
  misuse("a loader that gives nothing", Error, ["no batches", "dropLast"], network, ({ model }) =>
    checkBatchNorm(model, { loader: [] }),
  ),
  misuse("columns that the network does not take", RangeError, ["3 features", "expects 2"], network, ({ model }) =>
    checkBatchNorm(model, { loader: [ones([4, 3])] }),
  ),
  misuse("loader and input", TypeError, ["both loader and input", "leave the input out"], network, ({ model, input }) =>
    checkBatchNorm(model, { loader: [input], input }),
  ),
  misuse("an array for an input", TypeError, ["input is [1, 2]", "a Tensor"], network, ({ model }) =>
    checkBatchNorm(model, { input: wrong([1, 2]) }),
  ),
  misuse("half a batch", RangeError, ["batchSize is 0.5", "whole number"], network, ({ model }) =>
    checkBatchNorm(model, { batchSize: 0.5 }),
  ),
  misuse("fewer than no steps", RangeError, ["steps is -1", "at least 0"], network, ({ model }) =>
    checkBatchNorm(model, { steps: -1 }),
  ),
  misuse("batches of no loader", TypeError, ["there is none", "pass { loader }"], network, ({ model }) =>
    checkBatchNorm(model, { batches: 2 }),
  ),
  misuse("the name of an optimizer", TypeError, ['optimizer is "adam"', "new optim.Adam("], network, ({ model }) =>
    checkBatchNorm(model, { optimizer: wrong("adam") }),
  ),
  misuse(
    "a lazy layer without a size",
    Error,
    ['"0" (LazyLinear) has not seen an input', "call the model once"],
    network,
    () => checkBatchNorm(new nn.Sequential(new nn.LazyLinear(3), new nn.BatchNorm1d(3))),
  ),
  misuse("in a compiled step", Error, ["checkBatchNorm()", "before the training"], network, ({ model, input }) =>
    compile((x: Tensor) => {
      checkBatchNorm(model);
      return model(x);
    })(input),
  ),
]);

testMisuses("freezeBatchNorm", [
  misuse("no model", TypeError, ["model is null", "an nn.Module"], network, () => train.freezeBatchNorm(wrong(null))),
  misuse("an option that is not there", TypeError, ['unknown option "path"', "paths"], network, ({ model }) =>
    train.freezeBatchNorm(model, wrong({ path: "1" })),
  ),
  misuse("affine in words", TypeError, ['affine is "no"', "true or false"], network, ({ model }) =>
    train.freezeBatchNorm(model, { affine: wrong("no") }),
  ),
  misuse("a path that is no list", TypeError, ['paths is "1"', "a list of paths"], network, ({ model }) =>
    train.freezeBatchNorm(model, { paths: wrong("1") }),
  ),
  misuse("a path that leads nowhere", RangeError, ["9"], network, ({ model }) =>
    train.freezeBatchNorm(model, { paths: ["1", "9"] }),
  ),
  misuse("a part without BatchNorm", RangeError, ['no BatchNorm at or below "0"'], network, ({ model }) =>
    train.freezeBatchNorm(model, { paths: ["1", "0"] }),
  ),
  misuse(
    "a layer without running statistics",
    Error,
    ['"1" keeps no running statistics', "leave it out"],
    () => new nn.Sequential(new nn.BatchNorm1d(2), new nn.BatchNorm1d(2, { trackRunningStats: false })),
    (model) => train.freezeBatchNorm(model),
  ),
  misuse("in a compiled step", Error, ["freezeBatchNorm()", "between two steps"], network, ({ model, input }) =>
    compile((x: Tensor) => {
      train.freezeBatchNorm(model);
      return model(x);
    })(input),
  ),
]);

testMisuses("folding", [
  misuse("no model", TypeError, ["model is", "an nn.Module"], network, ({ input }) => fuse(wrong(input), { input })),
  misuse("no input", TypeError, ["input is undefined", "a Tensor"], evaluating, ({ model }) => fuse(model, wrong({}))),
  misuse("a network that trains", Error, ["the model is in training mode", "model.eval()"], network, fuseIt),
  misuse(
    "a part that trains",
    Error,
    ['"2" is in training mode', "model.eval()"],
    () => {
      const given = evaluating();
      given.model.at(2).train();
      return given;
    },
    fuseIt,
  ),
  misuse("an input of other columns", RangeError, ["3 features", "expects 2"], evaluating, ({ model }) =>
    fuse(model, { input: ones([4, 3]) }),
  ),
  misuse("the two the other way round", TypeError, ["first argument is BatchNorm1d", "a Linear"], pair, (given) =>
    fuseLinearBatchNorm(wrong(given.norm), wrong(given.linear)),
  ),
  misuse("no BatchNorm", TypeError, ["second argument is Linear", "a BatchNorm"], pair, ({ linear }) =>
    fuseLinearBatchNorm(linear, wrong(linear)),
  ),
  misuse(
    "a BatchNorm that trains",
    Error,
    ["BatchNorm1d is in training mode", "eval()"],
    () => ({ ...pair(), norm: new nn.BatchNorm1d(3) }),
    (given) => fuseLinearBatchNorm(given.linear, given.norm),
  ),
  misuse(
    "a Linear that trains",
    Error,
    ["Linear is in training mode", "eval()"],
    () => ({ ...pair(), linear: new nn.Linear(2, 3) }),
    (given) => fuseLinearBatchNorm(given.linear, given.norm),
  ),
  misuse(
    "other channels",
    RangeError,
    ["gives 3 channels", "expects 4"],
    () => pair({}, 4),
    (given) => fuseLinearBatchNorm(given.linear, given.norm),
  ),
  misuse(
    "no running statistics",
    Error,
    ["no running statistics", "trackRunningStats"],
    () => pair({ trackRunningStats: false }),
    (given) => fuseLinearBatchNorm(given.linear, given.norm),
  ),
  misuse("a Linear for a convolution", TypeError, ["first argument is Linear", "nn.Conv2d"], pair, (given) =>
    fuseConvBatchNorm(wrong(given.linear), given.norm),
  ),
]);

function fuseIt({ model, input }: Network) {
  return fuse(model, { input });
}

testMisuses("updateBatchNorm", [
  misuse(
    "an estimate that is none",
    RangeError,
    ['estimate is "mean"', "one of population, average"],
    network,
    (given) => train.updateBatchNorm(given.model, [given.input], { estimate: wrong("mean") }),
  ),
  misuse("a share for dropout", TypeError, ["dropout is 0.5", "true or false"], network, ({ model, input }) =>
    train.updateBatchNorm(model, [input], { dropout: wrong(0.5) }),
  ),
]);
