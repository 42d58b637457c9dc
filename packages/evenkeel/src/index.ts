// The whole public surface. Names and defaults are PyTorch's, in camelCase.

export {
  type Compiled,
  type CompileOptions,
  compile,
  type ExplainOptions,
  type Explanation,
  getNumThreads,
  setNumThreads,
  type Tree,
} from "./compile/index.ts";
export {
  type Check,
  type Dialect,
  type DType,
  formatProblem,
  type Given,
  type Option,
  type Options,
  type Place,
  type Plain,
  type Problem,
  type ProblemCode,
  problemError,
  problemOf,
  type Reference,
  type Shape,
  type Text,
  type TypedArray,
} from "./core/index.ts";
export * as data from "./data/index.ts";
export * as distributed from "./distributed/index.ts";
export * as io from "./io/index.ts";
export * as F from "./nn/functional/index.ts";
export * as nn from "./nn/index.ts";
export * as optim from "./optim/index.ts";
export {
  defaultGenerator,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  type Seed,
  seed,
  setRngState,
} from "./random/index.ts";
export * as study from "./study/index.ts";
export * as tabular from "./tabular/index.ts";
export * from "./tensor/index.ts";
export * as train from "./train/index.ts";
