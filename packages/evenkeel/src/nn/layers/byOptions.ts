import { LinearLayer, type LinearOptions } from "./linear.ts";

export * from "./ensemble/byOptions.ts";
export * from "./norm/normsByOptions.ts";

/**
 * The public types of layers whose members depend on their options. Each is a class with a
 * constructor type that infers the flags from the options: true if an option is left out, while the
 * plain type `Linear` covers all. A class alone cannot express both. `NoInfer` prevents inference
 * from the type of a variable.
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
 * y = x * weight^T + bias over the last dimension: [..., inFeatures] -> [..., outFeatures]. Both
 * start uniform within 1 / sqrt(inFeatures), weight first, the numbers PyTorch draws under the same
 * seed. https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 * @throws RangeError if a size is not a whole number of at least 1
 */
export const Linear: LinearConstructor = LinearLayer;
export interface Linear<Bias extends boolean = boolean> extends LinearLayer<Bias> {}
