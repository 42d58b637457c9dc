import { formatShape, sizeOf, wrongState } from "../../core/index.ts";
import { full, zeros } from "../creation/creation.ts";
import type { Tensor } from "../tensor.ts";
import { grad } from "./autograd.ts";
import { enableGrad, noGrad } from "./gradMode.ts";

export interface GradcheckOptions {
  /** The step of the finite difference. Default 1e-6. */
  eps?: number | undefined;
  /** Absolute tolerance. Default 1e-5. */
  atol?: number | undefined;
  /** Relative tolerance. Default 1e-3. */
  rtol?: number | undefined;
}

type Checked = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Compares the gradients of `fn` with central finite differences, element by element, for every
 * input that requires one. Inputs should be float64.
 * https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.html
 * @throws Error naming output, input and element where they differ
 */
export function gradcheck(fn: Checked, inputs: readonly Tensor[], options: GradcheckOptions = {}): true {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  const checked = inputs.filter((x) => x.requiresGrad);
  if (checked.length === 0) throw wrongState("gradcheck", "no input requires a gradient", "there is nothing to check");
  const outputs = enableGrad(() => [fn(...inputs)].flat() as Tensor[]).filter((y) => y.isFloatingPoint);
  for (const [o, output] of outputs.entries()) {
    for (const [i, input] of checked.entries()) {
      const numeric = differences(
        () => [fn(...inputs)].flat().filter((y) => y.isFloatingPoint)[o] as Tensor,
        input,
        eps,
      );
      for (let j = 0; j < output.numel(); j++) {
        const analytic = rowOfJacobian(output, input, j);
        for (let k = 0; k < input.numel(); k++) {
          const [a, n] = [analytic?.data[k] ?? 0, numeric[k][j]];
          if (!(Math.abs(a - n) <= atol + rtol * Math.abs(n))) {
            throw wrongState(
              "gradcheck",
              `d output ${o}[${j}] / d input ${i}[${k}] is ${a} by the gradient, ${n} by finite differences ` +
                `(shapes ${formatShape(output.shape)}, ${formatShape(input.shape)})`,
            );
          }
        }
      }
    }
  }
  return true;
}

/**
 * {@link gradcheck} of the gradients of `fn` with respect to its inputs and the incoming gradient.
 * https://pytorch.org/docs/stable/generated/torch.autograd.gradgradcheck.html
 */
export function gradgradcheck(fn: Checked, inputs: readonly Tensor[], options: GradcheckOptions = {}): true {
  const outputs = ([fn(...inputs)].flat() as Tensor[]).filter((y) => y.requiresGrad);
  // Fixed, uneven values: nothing is drawn from the generator, and no symmetry hides an error.
  const flowing = outputs.map((y) => {
    const dy = zeros(y.shape, { dtype: y.dtype });
    for (let i = 0; i < dy.numel(); i++) dy.data[i] = Math.sin(1 + 2.3 * i);
    return dy.requiresGrad_();
  });
  const n = inputs.length;
  const gradients = (...all: Tensor[]) => {
    const own = all.slice(0, n);
    const results = ([fn(...own)].flat() as Tensor[]).filter((y) => y.requiresGrad);
    const wanted = own.filter((x) => x.requiresGrad);
    const found = grad(results, wanted, { gradOutputs: all.slice(n), createGraph: true, allowUnused: true });
    return found.map((g, i) => g ?? zeros(wanted[i].shape, { dtype: wanted[i].dtype }));
  };
  return gradcheck(gradients, [...inputs, ...flowing], options);
}

/** numeric[k][j]: the derivative of output element j by input element k. */
function differences(output: () => Tensor, input: Tensor, eps: number): Float64Array[] {
  return Array.from({ length: input.numel() }, (_, k) => {
    const at = (shift: number) => {
      const value = input.data[k];
      input.data[k] = value + shift;
      const result = enableGrad(output).detach().clone();
      input.data[k] = value;
      return result;
    };
    return Float64Array.from(
      noGrad(() =>
        at(eps)
          .sub(at(-eps))
          .div(2 * eps),
      ).data as Float64Array,
    );
  });
}

function rowOfJacobian(output: Tensor, input: Tensor, element: number): Tensor | null {
  if (!output.requiresGrad) return null;
  const one = full([sizeOf(output.shape)], 0, { dtype: output.dtype });
  one.data[element] = 1;
  const [row] = grad(output, input, { gradOutputs: one.reshape(output.shape), retainGraph: true, allowUnused: true });
  return row;
}
