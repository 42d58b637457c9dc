import { distributed, nn, ones, tensor } from "evenkeel";
import { afterEach } from "vitest";
import { misuse, testMisuses, wrong } from "./misuse.ts";

const alone = () => distributed.threadCommunicator(distributed.threadMemory(1), 0);
const joined = () => {
  const communicator = alone();
  distributed.init(communicator);
  return communicator;
};

const inGroup =
  <T>(make: () => T) =>
  () => {
    joined();
    return make();
  };

afterEach(() => distributed.destroyProcessGroup());

testMisuses("process groups", [
  misuse(
    "nothing to communicate by",
    TypeError,
    ["distributed.init: the communicator is undefined", "a Communicator"],
    () => undefined,
    () => distributed.init(wrong(undefined)),
  ),
  misuse(
    "a rank beyond the group",
    TypeError,
    ["expected a Communicator with a rank and a size"],
    () => undefined,
    () => distributed.init({ ...alone(), rank: 2, size: 2 } as never),
  ),
  misuse(
    "a communicator without a method",
    TypeError,
    ["barrier of the communicator is undefined", "a function"],
    () => undefined,
    () => {
      const methods = { allReduce: () => {}, broadcast: () => {}, allGather: () => [], gather: () => [] };
      distributed.init({ rank: 0, size: 1, ...methods } as never);
    },
  ),
  misuse("two groups", Error, ["rank 0 of a group of 1 already", "destroyProcessGroup()"], joined, (communicator) =>
    distributed.init(communicator),
  ),
  misuse(
    "the rank without a group",
    Error,
    ["getRank: there is no process group", "distributed.init"],
    () => undefined,
    () => distributed.getRank(),
  ),
  misuse(
    "an exchange without a group",
    Error,
    ["allReduce: there is no process group"],
    () => ones([2]),
    (x) => distributed.allReduce(x),
  ),
  misuse(
    "an exchange of an array",
    TypeError,
    ["allReduce: the argument is [1, 2]", "a Tensor"],
    () => [1, 2],
    (list) => distributed.allReduce(wrong(list)),
  ),
  misuse(
    "a sum of whole numbers",
    TypeError,
    ["the tensor is int32", ".double()"],
    inGroup(() => tensor([1, 2], { dtype: "int32" })),
    (x) => distributed.allReduce(x),
  ),
  misuse(
    "a mean over ranks",
    RangeError,
    ['op is "mean"', "one of sum, min, max"],
    inGroup(() => ones([2])),
    (x) => distributed.allReduce(x, { op: wrong("mean") }),
  ),
  misuse(
    "a root that is not there",
    RangeError,
    ["root is 1", "from 0 to 0"],
    inGroup(() => ones([2])),
    (x) => distributed.broadcast(x, 1),
  ),
  misuse(
    "a memory for no threads",
    RangeError,
    ["size is 0", "from 1 to 1024"],
    () => undefined,
    () => distributed.threadMemory(0),
  ),
  misuse(
    "an array for a memory",
    TypeError,
    ["the memory is", "distributed.threadMemory(size)"],
    () => new ArrayBuffer(8),
    (memory) => distributed.threadCommunicator(wrong(memory), 0),
  ),
  misuse(
    "a thread beyond the memory",
    RangeError,
    ["rank is 2", "from 0 to 1"],
    () => distributed.threadMemory(2),
    (memory) => distributed.threadCommunicator(memory, 2),
  ),
]);

testMisuses("samplers of ranks", [
  misuse(
    "a sampler without a group",
    Error,
    ["DistributedSampler: there is no process group"],
    () => [1, 2],
    (list) => new distributed.DistributedSampler(list),
  ),
  misuse(
    "a rank beyond the replicas",
    RangeError,
    ["rank is 2", "from 0 to 1"],
    () => [1, 2],
    (list) => new distributed.DistributedSampler(list, { numReplicas: 2, rank: 2 }),
  ),
  misuse(
    "positions left out and each once",
    RangeError,
    ["dropLast: true and pad: false"],
    () => [1, 2],
    (list) => new distributed.DistributedSampler(list, { numReplicas: 2, rank: 1, dropLast: true, pad: false }),
  ),
  misuse(
    "half an epoch",
    RangeError,
    ["epoch is 0.5", "a whole number"],
    () => new distributed.DistributedSampler([1], { numReplicas: 1, rank: 0 }),
    (sampler) => sampler.setEpoch(0.5),
  ),
]);

testMisuses("networks of ranks", [
  misuse(
    "a network without a group",
    Error,
    ["DistributedDataParallel: there is no process group"],
    () => new nn.Linear(2, 1),
    (net) => new nn.parallel.DistributedDataParallel(net),
  ),
  misuse(
    "a function for a network",
    TypeError,
    ["it takes a module"],
    () => joined(),
    () => new nn.parallel.DistributedDataParallel(wrong(() => 1)),
  ),
  misuse(
    "nothing to train",
    Error,
    ["no parameter that requires a gradient"],
    inGroup(() => new nn.ReLU()),
    (net) => new nn.parallel.DistributedDataParallel(net),
  ),
  misuse(
    "no_sync",
    TypeError,
    ["net.no_sync is net.noSync here"],
    inGroup(() => new nn.parallel.DistributedDataParallel(new nn.Linear(2, 1))),
    (net) => (net as unknown as { no_sync: unknown }).no_sync,
  ),
  misuse(
    "join",
    TypeError,
    ["net.join is not here", "a batch of 0 rows"],
    inGroup(() => new nn.parallel.DistributedDataParallel(new nn.Linear(2, 1))),
    (net) => (net as unknown as { join: unknown }).join,
  ),
  misuse(
    "a weight that is a list",
    RangeError,
    ["withWeight: weight is [1, 2]"],
    inGroup(() => new nn.parallel.DistributedDataParallel(new nn.Linear(2, 1))),
    (net) => net.withWeight(wrong([1, 2]), () => 1),
  ),
  misuse(
    "rows of too many ranks",
    RangeError,
    ["setRows: rows is [1, 2]", "1 numbers, one for each rank"],
    inGroup(() => new nn.parallel.DistributedDataParallel(new nn.Linear(2, 1))),
    (net) => net.setRows([1, 2]),
  ),
  misuse(
    "half a row",
    RangeError,
    ["rows[0] is 0.5", "a whole number of at least 0"],
    inGroup(() => new nn.parallel.DistributedDataParallel(new nn.Linear(2, 1))),
    (net) => net.setRows([0.5]),
  ),
  misuse(
    "one dimension to normalize",
    RangeError,
    ["SyncBatchNorm: input has shape [3]", "[N, 3] or [N, 3, ...]"],
    () => new nn.SyncBatchNorm(3),
    (layer) => layer(ones([3])),
  ),
]);
