import {
  checkShape,
  checkValue,
  type DType,
  defineOp,
  isFloat,
  mismatch,
  notDifferentiable,
  type Shape,
  type Spec,
  wholeNumber,
  wrongDtype,
  wrongType,
} from "../../core/index.ts";
import { fillBernoulli, fillBernoulliEach, fillDropoutMask } from "../../random/bernoulli.ts";
import { Generator, randperm as permute } from "../../random/index.ts";
import { fillRandint } from "../../random/integers.ts";
import { fillNormal } from "../../random/normal.ts";
import { fillUniform, uniformFloat64 } from "../../random/uniform.ts";
import { refuseDrawOfRank } from "../collective/activeDivision.ts";
import { mul } from "../elementwise/elementwise.ts";
import { requireFloat } from "../shapes.ts";

/**
 * Draws from a generator, in program order: the same stream eager and compiled. The streams are
 * PyTorch's, bit for bit.
 */

const drawn = notDifferentiable("the values are drawn, not computed");

export interface DrawAttrs {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly generator: Generator;
}

function checkGenerator(name: string, generator: unknown): void {
  refuseDrawOfRank(name);
  if (generator instanceof Generator) return;
  throw wrongType(name, "the generator", generator, "a Generator, as new Generator(seed)");
}

function floatSpec(name: string, { shape, dtype, generator }: DrawAttrs): Spec[] {
  checkShape(shape);
  checkGenerator(name, generator);
  if (!isFloat(dtype)) throw wrongDtype(name, "the result", dtype, "float32 or float64");
  return [{ shape, dtype }];
}

type Floats = Float32Array | Float64Array;

/** Draws from the uniform distribution over [low, high). */
export const uniform = defineOp({
  name: "uniform",
  inputs: [],
  shape: (_, attrs: DrawAttrs & { readonly low: number; readonly high: number }) => floatSpec("uniform", attrs),
  reference: (_, [y], { low, high, generator }) => fillUniform(y.data as Floats, low, high, generator),
  grad: drawn,
});

/** Draws from the normal distribution. */
export const normal = defineOp({
  name: "normal",
  inputs: [],
  shape: (_, attrs: DrawAttrs & { readonly mean: number; readonly std: number }) => floatSpec("normal", attrs),
  reference: (_, [y], { mean, std, generator }) => fillNormal(y.data as Floats, mean, std, generator),
  grad: drawn,
});

/** Ones with probability p, else zeros. */
export const bernoulli = defineOp({
  name: "bernoulli",
  inputs: [],
  shape: (_, { shape, dtype, generator }: DrawAttrs & { readonly p: number }) => {
    checkShape(shape);
    checkGenerator("bernoulli", generator);
    return [{ shape, dtype }];
  },
  reference: (_, [y], { p, generator }) => fillBernoulli(y.data, p, generator),
  grad: drawn,
});

/** Ones with the probabilities in the input, else zeros. */
export const bernoulliOf = defineOp({
  name: "bernoulliOf",
  inputs: ["probability"],
  shape: ([p], _: { readonly generator: Generator }) => floatSpec("bernoulli", { ...p, generator: _.generator }),
  reference: ([p], [y], { generator }) => fillBernoulliEach(y.data, p.data as Floats, generator),
  grad: drawn,
});

/** Zeros with probability p, else 1 / (1 - p): the mask of dropout. */
export const dropoutMask = defineOp({
  name: "dropoutMask",
  inputs: [],
  shape: (_, attrs: DrawAttrs & { readonly p: number }) => floatSpec("dropout", attrs),
  reference: (_, [y], { p, generator }) => fillDropoutMask(y.data as Floats, p, generator),
  grad: drawn,
});

/**
 * x where positive; elsewhere x times a slope drawn for it from [low, high). Nothing is drawn for
 * positive values and NaN. The slopes, 1 where none was drawn, are the gradient.
 */
export const rrelu = defineOp({
  name: "rrelu",
  inputs: ["input"],
  outputs: ["output", "slopes"],
  shape: ([x], _: { readonly low: number; readonly high: number; readonly generator: Generator }) => {
    requireFloat("rrelu", "input", x);
    const [spec] = floatSpec("rrelu", { ...x, generator: _.generator });
    return [spec, spec];
  },
  reference: ([x], [y, slopes], { low, high, generator }) => {
    // In doubles, from bounds in the dtype of the input, and not fused as in `uniform`, like
    // PyTorch.
    const rounded = x.dtype === "float32" ? Math.fround : Number;
    const [least, range] = [rounded(low), rounded(high) - rounded(low)];
    for (let i = 0; i < y.data.length; i++) {
      slopes.data[i] = x.data[i] <= 0 ? uniformFloat64(generator) * range + least : 1;
      y.data[i] = x.data[i] * slopes.data[i];
    }
  },
  saves: ["slopes"],
  grad: (dy, { slopes }) => [mul(dy, slopes)],
});

/** Whole numbers from low to high - 1. */
export const randint = defineOp({
  name: "randint",
  inputs: [],
  shape: (_, { shape, dtype, generator }: DrawAttrs & { readonly low: number; readonly high: number }) => {
    checkShape(shape);
    checkGenerator("randint", generator);
    if (dtype === "bool") throw mismatch("wrong-dtype", "randint", "dtype bool given", "int32, float32 or float64");
    return [{ shape, dtype }];
  },
  reference: (_, [y], { low, high, generator }) => fillRandint(y.data as Floats | Int32Array, low, high, generator),
  grad: drawn,
});

/** A permutation of 0 to n - 1. */
export const randperm = defineOp({
  name: "randperm",
  inputs: [],
  shape: (_, { n, generator }: { readonly n: number; readonly generator: Generator }) => {
    checkValue("randperm", "n", n, wholeNumber(0));
    checkGenerator("randperm", generator);
    return [{ shape: [n], dtype: "int32" }];
  },
  reference: (_, [y], { n, generator }) => y.data.set(permute(n, generator)),
  grad: drawn,
});
