import { data, Generator, ones, tensor, zeros } from "evenkeel";
import { misuse, testMisuses, wrong } from "./misuse.ts";

const rows = () => new data.TensorDataset(zeros([5, 2]), zeros([5]));
const seeded = () => ({ dataset: rows(), generator: new Generator(1) });

testMisuses("datasets", [
  misuse(
    "tensors of different lengths",
    RangeError,
    ["[3, 2], [4]", "first dimensions must be equal"],
    () => [zeros([3, 2]), zeros([4])] as const,
    ([x, y]) => new data.TensorDataset(x, y),
  ),
  misuse(
    "no tensors",
    TypeError,
    ["no tensors", "at least one"],
    () => [],
    (list) => new data.TensorDataset(...(list as unknown as [ReturnType<typeof zeros>])),
  ),
  misuse(
    "an array",
    TypeError,
    ["argument 1 is [1, 2]", "expected a Tensor", "tensor(...)"],
    () => [1, 2],
    (list) => new data.TensorDataset(wrong(list)),
  ),
  misuse(
    "a single value",
    RangeError,
    ["argument 1 is a single value", "first dimension"],
    () => tensor(1),
    (x) => new data.TensorDataset(x),
  ),
  misuse("a row beyond the end", RangeError, ["index 5", "from -5 to 4"], rows, (dataset) => dataset.get(5)),
  misuse("half a row", RangeError, ["index 0.5", "whole number"], rows, (dataset) => dataset.get(0.5)),
  misuse("a batch with a row beyond the end", RangeError, ["index 9", "from -5 to 4"], rows, (dataset) =>
    dataset.batch([0, 9]),
  ),
  misuse(
    "a subset of rows that are not there",
    RangeError,
    ["Subset: index 5", "from -5 to 4"],
    rows,
    (dataset) => new data.Subset(dataset, [0, 5]),
  ),
  misuse(
    "a subset by a mask",
    TypeError,
    ["Subset: indices is a tensor of dtype bool", "expected numbers"],
    rows,
    (dataset) => new data.Subset(dataset, dataset.tensors[1].gt(2)),
  ),
  misuse(
    "a subset by a table of positions",
    RangeError,
    ["Subset: indices has shape [1, 2]", "one dimension"],
    rows,
    (dataset) => new data.Subset(dataset, tensor([[0, 1]])),
  ),
  misuse(
    "a subset of so many rows",
    TypeError,
    ["Subset: indices is 3", "a list of numbers or a tensor"],
    rows,
    (dataset) => new data.Subset(dataset, 3 as never),
  ),
  misuse(
    "a chain of nothing",
    RangeError,
    ["ConcatDataset: got no datasets", "at least one"],
    rows,
    () => new data.ConcatDataset([]),
  ),
  misuse("beyond the end of a chain", RangeError, ["index 10", "from -10 to 9"], rows, (dataset) =>
    new data.ConcatDataset([dataset, dataset]).get(10),
  ),
]);

testMisuses("loaders", [
  misuse(
    "batches of 0",
    RangeError,
    ["batchSize is 0", "at least 1"],
    rows,
    (dataset) => new data.DataLoader(dataset, { batchSize: 0 }),
  ),
  misuse(
    "batches of one and a half",
    RangeError,
    ["batchSize is 1.5", "whole number"],
    rows,
    (dataset) => new data.DataLoader(dataset, { batchSize: 1.5 }),
  ),
  misuse(
    "a batch size in quotes",
    TypeError,
    ['batchSize is "3"', "whole number"],
    rows,
    (dataset) => new data.DataLoader(dataset, { batchSize: wrong("3") }),
  ),
  misuse(
    "PyTorch's spelling of an option",
    TypeError,
    ['"batch_size"', "batchSize"],
    rows,
    (dataset) => new data.DataLoader(dataset, wrong({ batch_size: 3 })),
  ),
  misuse(
    "a batch size by position",
    TypeError,
    ["the options are 32", "{ batchSize: ... }"],
    rows,
    (dataset) => new data.DataLoader(dataset, wrong(32)),
  ),
  misuse(
    "shuffle and a sampler",
    Error,
    ["sampler", "mutually exclusive with shuffle"],
    rows,
    (dataset) => new data.DataLoader(dataset, { shuffle: true, sampler: [0] }),
  ),
  misuse(
    "a batch sampler and a batch size",
    Error,
    ["batchSampler", "mutually exclusive", "leave those out"],
    rows,
    (d) => new data.DataLoader(d, { batchSampler: [[0]], batchSize: 2 }),
  ),
  misuse(
    "shuffle in quotes",
    TypeError,
    ['shuffle is "yes"', "true or false"],
    rows,
    (dataset) => new data.DataLoader(dataset, { shuffle: wrong("yes") }),
  ),
  misuse(
    "a tensor for a dataset",
    TypeError,
    ["dataset is Tensor", "expected a Dataset", "TensorDataset"],
    () => zeros([3, 2]),
    (x) => new data.DataLoader(wrong(x)),
  ),
  misuse(
    "an empty dataset that is to be shuffled",
    RangeError,
    ["source is empty", "dataset's length"],
    () => new data.TensorDataset(zeros([0, 2])),
    (dataset) => new data.DataLoader(dataset, { shuffle: true }),
  ),
  misuse(
    "a seed for a generator",
    TypeError,
    ["generator is 5", "new Generator(seed)"],
    rows,
    (dataset) => new data.DataLoader(dataset, { shuffle: true, generator: wrong(5) }),
  ),
  misuse(
    "a collate that is no function",
    TypeError,
    ["collate is 5", "a function"],
    rows,
    (dataset) => new data.DataLoader(dataset, { collate: wrong(5) }),
  ),
  misuse(
    "a tensor of positions as a sampler",
    TypeError,
    ["sampler is Tensor", "toArray()"],
    rows,
    (dataset) => new data.DataLoader(dataset, { sampler: wrong(tensor([0, 1])) }),
  ),
  misuse(
    "a tensor of batches",
    TypeError,
    ["batchSampler is Tensor", "toArray()"],
    rows,
    (dataset) => new data.DataLoader(dataset, { batchSampler: wrong(zeros([2, 1])) }),
  ),
  misuse(
    "a sampler that cannot be walked",
    TypeError,
    ["sampler is 5", "iterable"],
    rows,
    (dataset) => new data.DataLoader(dataset, { sampler: wrong(5) }),
  ),
]);

testMisuses("batches", [
  misuse(
    "items of different shapes",
    RangeError,
    ["[1] in the first item", "[2] in item 1", "collate"],
    () => [ones([1]), ones([2])],
    (items) => data.defaultCollate(items),
  ),
  misuse(
    "items of different kinds",
    TypeError,
    ["number in the first item", "Tensor in item 1", "alike"],
    () => [1, ones([1])],
    (items) => data.defaultCollate<unknown>(items),
  ),
  misuse(
    "items of different lengths",
    RangeError,
    ["equal size", "2 in the first item", "1 in item 1"],
    () => [[1, 2], [1]],
    (items) => data.defaultCollate(items),
  ),
  misuse(
    "items that no batch is made of",
    TypeError,
    ["item.when is Date", "collate function"],
    () => [{ when: new Date(0) }],
    (items) => data.defaultCollate(items),
  ),
  misuse(
    "nothing",
    RangeError,
    ["no items", "at least one"],
    () => [],
    (items) => data.defaultCollate(items),
  ),
]);

testMisuses("splits and samplers", [
  misuse(
    "parts that do not sum to the whole",
    RangeError,
    ["[2, 2] sum to 4", "5 items", "fractions"],
    seeded,
    (given) => data.randomSplit(given.dataset, [2, 2], { generator: given.generator }),
  ),
  misuse(
    "fractions that sum to more than 1",
    RangeError,
    ["[0.5, 0.6]", "sum is 1.1"],
    seeded,
    ({ dataset, generator }) => data.randomSplit(dataset, [0.5, 0.6], { generator }),
  ),
  misuse("a negative part", RangeError, ["[6, -1]", "neither"], seeded, ({ dataset, generator }) =>
    data.randomSplit(dataset, [6, -1], { generator }),
  ),
  misuse("one part, bare", TypeError, ["lengths is 3", "a list"], seeded, ({ dataset }) =>
    data.randomSplit(dataset, wrong(3)),
  ),
  misuse("a seed for an option", TypeError, ['"seed"', "generator"], seeded, ({ dataset }) =>
    data.randomSplit(dataset, [2, 3], wrong({ seed: 5 })),
  ),
  misuse(
    "no samples",
    RangeError,
    ["numSamples is 0", "at least 1"],
    seeded,
    ({ dataset, generator }) => new data.RandomSampler(dataset, { numSamples: 0, generator }),
  ),
  misuse(
    "weights for each class and row",
    RangeError,
    ["WeightedRandomSampler: weights has shape [2, 2]", "one dimension"],
    seeded,
    ({ generator }) =>
      new data.WeightedRandomSampler(
        tensor([
          [1, 1],
          [1, 1],
        ]),
        2,
        { generator },
      ),
  ),
  misuse(
    "a negative weight",
    RangeError,
    ["weight 1 is -1", "at least 0"],
    seeded,
    ({ generator }) => new data.WeightedRandomSampler([1, -1], 2, { generator }),
  ),
  misuse(
    "weights of 0",
    RangeError,
    ["at least one weight above 0"],
    seeded,
    ({ generator }) => new data.WeightedRandomSampler([0, 0], 2, { generator }),
  ),
  misuse(
    "more samples than there are, each once",
    RangeError,
    ["3 samples", "2 positions", "draw fewer"],
    seeded,
    () => new data.WeightedRandomSampler([1, 1], 3, { replacement: false }),
  ),
  misuse(
    "batches of 0 from a sampler",
    RangeError,
    ["BatchSampler: batchSize is 0", "at least 1"],
    seeded,
    () => new data.BatchSampler([0, 1], 0),
  ),
]);
