import { LinearLayer, type LinearOptions } from "./linear.ts";

export * from "./norm/normsByOptions.ts";

/**
 * Layers whose members depend on their options, as users meet them. Each is a class under a constructor type that reads
 * the flags off the options: true where an option is left out, while the plain type `Linear` is that of any. No class can
 * say both. `NoInfer` keeps the type of a variable from deciding what the options decide.
 */

interface LinearConstructor {
  new <Bias extends boolean = true>(
    inFeatures: number,
    outFeatures: number,
    options?: LinearOptions & { readonly bias?: Bias | undefined },
  ): Linear<NoInfer<Bias>>;
  readonly prototype: Linear;
}

/**
 * y = x * weight^T + bias over the last dimension: [..., inFeatures] -> [..., outFeatures].
 * Both start uniform within 1 / sqrt(inFeatures), weight first, the numbers PyTorch draws under the same seed.
 * https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 * @throws RangeError if a size is not a whole number of at least 1
 */
export const Linear: LinearConstructor = LinearLayer;
export interface Linear<Bias extends boolean = boolean> extends LinearLayer<Bias> {}
