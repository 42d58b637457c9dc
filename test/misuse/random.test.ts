import {
  bernoulli,
  Generator,
  getRngState,
  manualSeed,
  ones,
  rand,
  randint,
  randn,
  randperm,
  setRngState,
  tensor,
} from "evenkeel";
import { integers, matrix, misuse, testMisuses, wrong } from "./misuse.ts";

const generator = () => new Generator(5);

testMisuses("generators", [
  misuse("a fraction for a seed", RangeError, ["must be an integer", "1.5", "round it"], generator, (g) =>
    g.manualSeed(1.5),
  ),
  misuse("a seed beyond 64 bits", RangeError, ["-2^63 to 2^64 - 1", "18446744073709551616"], generator, (g) =>
    g.manualSeed(2n ** 64n),
  ),
  misuse("a seed that a number cannot hold", RangeError, ["1152921504606847000", "bigint"], generator, (g) =>
    g.manualSeed(2 ** 60),
  ),
  misuse("a seed in quotes", TypeError, ["a number or a bigint", "string"], generator, () => manualSeed(wrong("1"))),
  misuse(
    "a state of another length",
    RangeError,
    ["has 5056 bytes", "got 3", "getState()"],
    () => ({ g: generator(), state: new Uint8Array(3) }),
    ({ g, state }) => g.setState(state),
  ),
  misuse(
    "a state of zeros",
    RangeError,
    ["not the state of a generator", "left = 0"],
    () => new Uint8Array(5056),
    (state) => setRngState(state),
  ),
  misuse(
    "a state as an array",
    TypeError,
    ["must be a Uint8Array", "object"],
    () => [...getRngState()],
    (state) => setRngState(wrong(state)),
  ),
]);

testMisuses("distributions", [
  misuse("bounds the wrong way round", RangeError, ["low = 1", "high = 0", "swap"], matrix, (x) => x.uniform_(1, 0)),
  misuse("an infinite bound", RangeError, ["high is Infinity, expected a finite number", "Infinity"], matrix, (x) =>
    x.uniform_(0, Infinity),
  ),
  misuse("uniform integers", TypeError, ["uniform: dtype int32", "float32 or float64"], integers, (x) => x.uniform_()),
  misuse("a negative spread", RangeError, ["std >= 0", "-1"], matrix, (x) => x.normal_(0, -1)),
  misuse("a probability above 1", RangeError, ["p is 1.5, expected a probability from 0 to 1", "1.5"], matrix, (x) =>
    x.bernoulli_(1.5),
  ),
  misuse(
    "a probability above 1 in a tensor",
    RangeError,
    ["p[1] is 1.5, expected a probability from 0 to 1", "1.5"],
    () => tensor([0.5, 1.5]),
    (p) => bernoulli(p),
  ),
  misuse("probabilities that are integers", TypeError, ["bernoulli: dtype int32", "float32"], integers, (p) =>
    bernoulli(p),
  ),
  misuse("no integers to draw from", RangeError, ["low < high", "low = 3", "high = 3"], generator, (g) =>
    randint(3, 3, [2], { generator: g }),
  ),
  misuse("half an integer", RangeError, ["high is 2.5, expected a whole number", "2.5"], generator, (g) =>
    randint(0, 2.5, [2], { generator: g }),
  ),
  misuse("integers beyond int32", RangeError, ["-2147483648 to 2147483647", "8589934592"], generator, (g) =>
    randint(0, 2 ** 33, [2], { generator: g }),
  ),
  misuse("integers of no shape", TypeError, ["shape is undefined", "list of sizes"], generator, () =>
    randint(0, 10, wrong(undefined)),
  ),
  misuse("integers of sizes one by one", TypeError, ["shape is 2", "list of sizes"], generator, () =>
    randint(0, 10, wrong(2)),
  ),
  misuse("random bools", TypeError, ["randint: dtype bool", "int32"], generator, (g) =>
    randint(0, 2, [2], { generator: g, dtype: "bool" }),
  ),
  misuse("a negative number of places", RangeError, ["randperm: n [-1]", "at least 0"], generator, (g) =>
    randperm(-1, { generator: g }),
  ),
  misuse("a text for a shape", TypeError, ['shape is "3"', "list of sizes"], generator, (g) =>
    rand(wrong("3"), { generator: g }),
  ),
  misuse("a size that is no whole number", RangeError, ["[2, 1.5] given", "whole numbers"], generator, (g) =>
    rand(2, 1.5, { generator: g }),
  ),
  misuse("a seed for a generator", TypeError, ["the generator is 5", "new Generator(seed)"], matrix, () =>
    randn([2], { generator: wrong(5) }),
  ),
  misuse(
    "a generator that is none in a write",
    TypeError,
    ["the generator is Object", "new Generator(seed)"],
    () => ones([2]),
    (x) => x.uniform_(0, 1, { generator: wrong({}) }),
  ),
  misuse(
    "a generator by position",
    TypeError,
    ["uniform_: the options are Generator", "{ generator: ... }"],
    () => ({ x: matrix(), g: generator() }),
    ({ x, g }) => x.uniform_(0, 1, wrong(g)),
  ),
  misuse(
    "a generator by position for a normal distribution",
    TypeError,
    ["normal_: the options are Generator"],
    () => ({ x: matrix(), g: generator() }),
    ({ x, g }) => x.normal_(0, 1, wrong(g)),
  ),
]);
