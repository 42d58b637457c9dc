import { ones, type Tensor, zeros } from "evenkeel";
import { linear, misuse, network, testMisuses, wrong } from "./misuse.ts";

const state = () => ({ model: linear(), dict: { weight: zeros([2, 3]), bias: zeros([2]) } });
const load = (change: (dict: Record<string, Tensor>) => Record<string, Tensor>) => () => {
  const { model, dict } = state();
  return { model, dict: change(dict) };
};

testMisuses("state dicts", [
  misuse(
    "a key too few",
    Error,
    ["Missing key(s)", '"bias"', "Nothing was loaded", "strict: false"],
    load(({ weight }) => ({ weight })),
    ({ model, dict }) => model.loadStateDict(dict),
  ),
  misuse(
    "a key too many",
    Error,
    ["Unexpected key(s)", '"extra"', "Nothing was loaded"],
    load((dict) => ({ ...dict, extra: zeros([1]) })),
    ({ model, dict }) => model.loadStateDict(dict),
  ),
  misuse(
    "another shape",
    Error,
    ["size mismatch for weight", "[3, 2]", "[2, 3]", "Nothing was loaded"],
    load(({ bias }) => ({ bias, weight: ones([3, 2]) })),
    ({ model, dict }) => model.loadStateDict(dict),
  ),
  misuse(
    "all of it at once",
    Error,
    ["Missing key(s)", '"bias"', "Unexpected key(s)", '"other"', "size mismatch for weight"],
    load(() => ({ weight: ones([3, 2]), other: ones([1]) })),
    ({ model, dict }) => model.loadStateDict(dict),
  ),
  misuse(
    "another shape, though not strict",
    Error,
    ["size mismatch for weight", "Nothing was loaded"],
    load(({ bias }) => ({ bias: bias.add(1), weight: ones([3, 2]) })),
    ({ model, dict }) => model.loadStateDict(dict, { strict: false }),
  ),
  misuse(
    "an array for a tensor, after one that fits",
    Error,
    ["wrong kind for bias", "got [", "Nothing was loaded"],
    load(() => ({ weight: ones([2, 3]), bias: wrong([1, 2]) })),
    ({ model, dict }) => model.loadStateDict(dict),
  ),
  misuse(
    "the state of another network",
    Error,
    ["Missing key(s)", '"1.running_mean"', "Unexpected key(s)", '"weight"'],
    () => ({ model: network(), dict: linear().stateDict() }),
    ({ model, dict }) => model.loadStateDict(dict),
  ),
  misuse("a Map", TypeError, ["object of tensors by key", "Object.fromEntries(map)"], network, (model) =>
    model.loadStateDict(wrong(new Map())),
  ),
  misuse("the module itself", TypeError, ["as stateDict() gives", "Linear"], linear, (layer) =>
    layer.loadStateDict(wrong(layer)),
  ),
  misuse("a misspelt option", TypeError, ['unknown option "Strict"', "strict"], state, ({ model, dict }) =>
    model.loadStateDict(dict, wrong({ Strict: false })),
  ),
]);
