import { allocate, defineVariadicOp, type NdArray, type Spec, sizeOf, unfused, type Value } from "../../core/index.ts";
import { relu } from "../elementwise/activation.ts";
import { batchNormEval } from "../normalize/normalize.ts";
import { linear, matmul } from "./matmul.ts";

/**
 * Linear layers of a network that evaluates, one after the other: compiled steps join them, so that
 * what lies between them stays in the cache.
 */

/** What a linear layer of a chain is: its product, and what follows that in evaluation. */
export interface ChainLayer {
  /** Whether it has a bias. */
  readonly bias: boolean;
  /** That of the batch normalization behind the product; undefined if there is none. */
  readonly eps?: number | undefined;
  readonly relu: boolean;
}

export interface ChainAttrs {
  readonly layers: readonly ChainLayer[];
}

/** A layer and what it reads. */
interface LayerInputs<T> extends Omit<ChainLayer, "bias"> {
  readonly weight: T;
  readonly bias: T | undefined;
  /** Mean, variance, weight and bias of the batch normalization. */
  readonly norm: readonly T[];
}

/** The layers of a chain with their operands, which follow each other behind the input of the first. */
export function layersOf<T>([, ...operands]: readonly T[], { layers }: ChainAttrs): LayerInputs<T>[] {
  let end = 0;
  const next = (count: number) => {
    end += count;
    return operands.slice(end - count, end);
  };
  return layers.map(({ bias, eps, relu }) => {
    const [weight] = next(1);
    return { weight, bias: next(bias ? 1 : 0)[0], norm: next(eps === undefined ? 0 : 4), eps, relu };
  });
}

/**
 * Linear layers one after the other, in one row: relu(batchNormEval(linear(...))) for each, apart
 * from what a layer lacks. Weights lie as [outputs, inputs].
 */
export const linearChain = defineVariadicOp({
  name: "linearChain",
  shape: (inputs, attrs: ChainAttrs) => {
    let y: readonly Spec[] = inputs.slice(0, 1);
    for (const { weight, bias, norm, eps } of layersOf(inputs, attrs)) {
      y = bias === undefined ? matmul.shape([...y, weight], turned) : linear.shape([...y, weight, bias], {});
      if (eps !== undefined) y = batchNormEval.shape([...y, ...norm], { eps });
    }
    return y;
  },
  reference: (inputs, [output], attrs) => {
    let [x] = inputs;
    const layers = layersOf(inputs, attrs);
    for (const [i, { weight, bias, norm, eps, relu: rectify }] of layers.entries()) {
      const shape = [x.shape[0], weight.shape[0]];
      const y: NdArray =
        i === layers.length - 1 ? output : { shape, dtype: x.dtype, data: allocate(x.dtype, sizeOf(shape)) };
      if (bias === undefined) matmul.reference([x, weight], [y], turned);
      else linear.reference([x, weight, bias], [y], {});
      if (eps !== undefined) batchNormEval.reference([y, ...norm], [y], { eps });
      if (rectify) relu.reference([y], [y], {});
      x = y;
    }
  },
  grad: unfused((inputs, attrs: ChainAttrs) => {
    let [y]: readonly Value[] = inputs;
    for (const { weight, bias, norm, eps, relu: rectify } of layersOf(inputs, attrs)) {
      y = bias === undefined ? matmul(y, weight, turned) : linear(y, weight, bias);
      if (eps !== undefined) y = batchNormEval(y, norm[0], norm[1], norm[2], norm[3], { eps });
      if (rectify) y = relu(y);
    }
    return [y];
  }),
});

const turned = { transposeB: true };
