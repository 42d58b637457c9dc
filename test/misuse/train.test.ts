import { data, F, full, nn, ones, optim, type Tensor, train, zeros } from "evenkeel";
import { matrix, misuse, testMisuses, wrong } from "./misuse.ts";

type Batches = [Tensor, Tensor][];

/** A model in eval mode with an optimizer that has made a step, and batches to train on. */
function training(model: nn.Module = new nn.Linear(2, 1), batches: Batches = [[ones([4, 2]), ones([4, 1])]]) {
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
  model(ones([4, 2]))
    .square()
    .sum()
    .backward();
  optimizer.step();
  optimizer.zeroGrad(); // fit starts every step so: gradients left over from before are not what it keeps
  model.eval();
  return { model, optimizer, batches };
}

type Scene = ReturnType<typeof training>;

/** BatchNorm, and dropout that draws. */
const network = () =>
  new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3), new nn.Dropout(), new nn.Linear(3, 1));

/** fit with everything as it should be, but for `options`. */
const run = (options: object) => {
  return ({ model, optimizer, batches }: Scene) =>
    train.fit(model, { train: batches, loss: new nn.MSELoss(), optimizer, epochs: 1, ...options });
};

const withBatches = (batches: Batches, model = () => new nn.Linear(2, 1) as nn.Module) => {
  return () => training(model(), batches);
};

const { NonFiniteLossError } = train;
const advice = "Nothing of this step was applied";

testMisuses("options of fit", [
  misuse("no epochs", RangeError, ["epochs is 0", "at least 1"], training, run({ epochs: 0 })),
  misuse("half an epoch", RangeError, ["epochs is 1.5", "whole number"], training, run({ epochs: 1.5 })),
  misuse("epochs that were forgotten", TypeError, ["epochs is undefined"], training, run({ epochs: undefined })),
  misuse("an option that is not there", TypeError, ['unknown option "epoch"', "epochs"], training, run({ epoch: 3 })),
  misuse("no options", TypeError, ["options are undefined", "expected an object"], training, ({ model }) =>
    train.fit(model, wrong(undefined)),
  ),
  misuse("a class for a model", TypeError, ["expected an nn.Module", "make one with new"], training, (given) =>
    run({})({ ...given, model: wrong(nn.Linear) }),
  ),
  misuse(
    "no optimizer",
    TypeError,
    ["optimizer is undefined", "new optim.Adam("],
    training,
    run({ optimizer: undefined }),
  ),
  misuse(
    "the optimizer of another model",
    Error,
    ["none of the model's parameters", "this model's parameters()"],
    () => ({ ...training(), other: training().optimizer }),
    (given) => run({ optimizer: given.other })(given),
  ),
  misuse("the name of a loss", TypeError, ["loss is", "new nn.MSELoss()"], training, run({ loss: "mse" })),
  misuse(
    "the class of a loss",
    TypeError,
    ["loss is the class MSELoss", "make one with new"],
    training,
    run({ loss: nn.MSELoss }),
  ),
  misuse(
    "the class of an optimizer",
    TypeError,
    ["optimizer is the class Adam", "new optim.Adam("],
    training,
    run({ optimizer: optim.Adam }),
  ),
  misuse("a number for a signal", TypeError, ["signal is 5", "AbortSignal"], training, run({ signal: 5 })),
  misuse(
    "the controller for its signal",
    TypeError,
    ["signal is AbortController", "controller.signal"],
    training,
    run({ signal: new AbortController() }),
  ),
  misuse(
    "a bound of 0 for gradients",
    RangeError,
    ["clipGradNorm is 0", "above 0"],
    training,
    run({ clipGradNorm: 0 }),
  ),
  misuse("a callback that is no function", TypeError, ["onEpoch is", "a function"], training, run({ onEpoch: 5 })),
  misuse("metrics that are none", TypeError, ["metrics is 5", "train.mae()"], training, run({ metrics: 5 })),
  misuse(
    "a metric that was not called",
    TypeError,
    ['metric "mae"', "call it: train.mae()"],
    training,
    run({ metrics: { mae: train.mae } }),
  ),
  misuse(
    "a metric called like the loss",
    TypeError,
    ['cannot be called "loss"'],
    training,
    run({ metrics: { loss: train.mae() } }),
  ),
]);

const scheduled = () => {
  const given = training();
  return { ...given, other: training(), scheduler: new optim.ReduceLROnPlateau(given.optimizer) };
};

testMisuses("schedulers of fit", [
  misuse(
    "the class of a scheduler",
    TypeError,
    ["scheduler is the class StepLR", "new optim.StepLR("],
    training,
    run({ scheduler: optim.StepLR }),
  ),
  misuse(
    "the scheduler of another optimizer",
    Error,
    ["belongs to another optimizer", "from this one"],
    scheduled,
    (given) => run({ scheduler: given.scheduler })(given.other),
  ),
  misuse("a plateau at each step", RangeError, ["ReduceLROnPlateau", '"epoch"'], scheduled, (given) =>
    run({ scheduler: given.scheduler, schedulerInterval: "step" })(given),
  ),
  misuse(
    "a plateau that takes the better for the worse",
    RangeError,
    ['mode "min"', "larger values of train.r2", 'mode: "max"'],
    scheduled,
    (given) => {
      const { scheduler } = given;
      const watched = { metrics: { r2: train.r2() }, earlyStopping: { monitor: "train.r2", patience: 1 } };
      return run({ scheduler, ...watched })(given);
    },
  ),
  misuse(
    "an interval that is not there",
    RangeError,
    ['schedulerInterval is "batch"', "one of epoch, step"],
    training,
    run({ schedulerInterval: "batch" }),
  ),
]);

testMisuses("early stopping", [
  misuse(
    "on a number that nobody computes",
    RangeError,
    ['monitor is "validation.mae"', "one of", "train.loss"],
    training,
    run({ earlyStopping: { patience: 1, monitor: "validation.mae" } }),
  ),
  misuse(
    "on validation without validation rows",
    RangeError,
    ['monitor is "validation.loss"', "without a validation loader"],
    training,
    run({ earlyStopping: { patience: 1 } }),
  ),
  misuse(
    "without patience",
    RangeError,
    ["patience is 0", "at least 1"],
    training,
    run({ earlyStopping: { patience: 0, monitor: "train.loss" } }),
  ),
  misuse(
    "with an option that is not there",
    TypeError,
    ['unknown option "earlyStopping.restore"', "restoreBest"],
    training,
    run({ earlyStopping: { patience: 1, monitor: "train.loss", restore: true } }),
  ),
  misuse(
    "in a direction that is none",
    RangeError,
    ["mode is", "lower", "one of min, max"],
    training,
    run({ earlyStopping: { patience: 1, monitor: "train.loss", mode: "lower" } }),
  ),
]);

testMisuses(
  "what fit is fed with",
  [
    misuse("a tensor", TypeError, ["train is Tensor", "DataLoader"], training, run({ train: ones([3, 2]) })),
    misuse(
      "a dataset",
      TypeError,
      ["train is TensorDataset", "DataLoader"],
      training,
      run({ train: new data.TensorDataset(ones([3, 2])) }),
    ),
    misuse(
      "an iterator, which is used up",
      TypeError,
      ["train is an iterator", "used up after one epoch"],
      training,
      (given) => run({ train: given.batches[Symbol.iterator]() })(given),
    ),
    misuse("no batches", Error, ["train gives no batches", "dropLast"], withBatches([]), run({})),
    misuse("no batches to validate", Error, ["validation gives no batches"], training, run({ validation: [] })),
    misuse("numbers", TypeError, ["list of tensors", "[...inputs, target]"], withBatches([wrong([1, 2])]), run({})),
    misuse(
      "inputs without a target",
      TypeError,
      ["batch of one tensor", "[...inputs, target]"],
      withBatches([wrong([ones([4, 2])])]),
      run({}),
    ),
    misuse(
      "other rows in the target",
      RangeError,
      ["[4, 2] and [3, 1]", "differ in their rows"],
      withBatches([[ones([4, 2]), ones([3, 1])]]),
      run({}),
    ),
    misuse(
      "other columns than the model takes",
      RangeError,
      ["[4, 3] has 3 features", "expects 2"],
      withBatches([[ones([4, 3]), ones([4, 1])]], network),
      run({}),
    ),
    misuse(
      "a target without the column",
      RangeError,
      ["[4, 1]", "[4]", "target.reshape([4, 1])"],
      withBatches([[ones([4, 2]), ones([4])]], network),
      run({}),
    ),
    misuse(
      "a loss per row",
      RangeError,
      ["gave 4 values", 'reduction "mean"'],
      training,
      run({ loss: new nn.MSELoss({ reduction: "none" }) }),
    ),
    misuse(
      "a loss that is cut off the model",
      Error,
      ["does not require a gradient", "detached"],
      training,
      run({ loss: (output: Tensor, target: Tensor) => F.mseLoss(output.detach(), target) }),
    ),
    misuse(
      "one row in all for BatchNorm",
      RangeError,
      ["one row in all", "BatchNorm", "add rows"],
      withBatches([[ones([1, 2]), ones([1, 1])]], network),
      run({}),
    ),
    misuse(
      "rows one by one for BatchNorm",
      RangeError,
      ["batches of one row", "batchSize 2 or more"],
      withBatches(
        [
          [ones([1, 2]), ones([1, 1])],
          [ones([1, 2]), ones([1, 1])],
        ],
        network,
      ),
      run({}),
    ),
  ],
  { writesBack: true },
);

testMisuses(
  "losses that are not finite",
  [
    misuse(
      "a missing value in the input",
      NonFiniteLossError,
      ["the loss is NaN", "epoch 1, train batch 1 (step 1)", "row 0", 'column 0 ("weight")', advice],
      withBatches([[full([4, 2], Number.NaN), ones([4, 1])]], network),
      run({ columns: ["weight", "year"] }),
    ),
    misuse(
      "a missing target",
      NonFiniteLossError,
      ["the loss is NaN", "the target is not finite in row 0", advice],
      withBatches([[ones([4, 2]), full([4, 1], Number.NaN)]], network),
      run({}),
    ),
    misuse(
      "a weight that is infinite",
      NonFiniteLossError,
      ['parameter "0.weight"', "smaller learning rate", advice],
      () => {
        const given = training(network());
        (given.model as nn.Sequential).at(0).parameters()[0].data[0] = Infinity;
        return given;
      },
      run({}),
    ),
    misuse(
      "a loss that overflows",
      NonFiniteLossError,
      ["the loss is Infinity", "the loss function made it", advice],
      withBatches([[ones([4, 2]), full([4, 1], 1e30)]], network),
      run({}),
    ),
    misuse(
      "a gradient that overflows, though the loss does not",
      NonFiniteLossError,
      ["a gradient is not finite", "parameter", advice],
      () => training(),
      run({ loss: (output: Tensor) => output.sub(output.detach()).square().sum().sqrt() }),
    ),
  ],
  { writesBack: true },
);

testMisuses(
  "evaluate, predict, updateBatchNorm",
  [
    misuse("scores over nothing", Error, ["gives no batches", "smaller batchSize"], training, ({ model }) =>
      train.evaluate(model, [], { loss: new nn.MSELoss() }),
    ),
    misuse("scores without a loss", TypeError, ["evaluate: loss is undefined", "new nn.MSELoss()"], training, (given) =>
      train.evaluate(given.model, given.batches, wrong({})),
    ),
    misuse("an option that is not there", TypeError, ['unknown option "metric"', "metrics"], training, (given) =>
      train.evaluate(given.model, given.batches, wrong({ loss: new nn.MSELoss(), metric: {} })),
    ),
    misuse("predictions for a number", TypeError, ["is 5", "DataLoader"], training, ({ model }) =>
      train.predict(model, wrong(5)),
    ),
    misuse("predictions for other columns", RangeError, ["[2, 3] has 3 features", "expects 2"], training, ({ model }) =>
      train.predict(model, ones([2, 3])),
    ),
    misuse(
      "statistics over no rows",
      Error,
      ["gives no batches"],
      () => training(network()),
      ({ model }) => train.updateBatchNorm(model, []),
    ),
    misuse(
      "statistics over one row",
      RangeError,
      ["one row in all", "add rows"],
      () => training(network()),
      ({ model }) => train.updateBatchNorm(model, [ones([1, 2])]),
    ),
    misuse(
      "statistics over rows that do not fit, behind some that do",
      RangeError,
      ["[4, 3] has 3 features"],
      () => training(network()),
      ({ model }) => train.updateBatchNorm(model, [zeros([4, 2]), ones([4, 3])]),
    ),
    misuse(
      "a metric of other shapes",
      RangeError,
      ["mae", "[2, 3]", "[3]", "equal"],
      () => ({ output: matrix(), target: ones([3]) }),
      ({ output, target }) => train.mae().update(output, target),
    ),
  ],
  { writesBack: true },
);
