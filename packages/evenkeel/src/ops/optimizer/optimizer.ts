import {
  defineOp,
  formatShape,
  type NdArray,
  notDifferentiable,
  type Spec,
  sameShape,
  wrongShape,
} from "../../core/index.ts";
import { requireDtype, requireFloat, requireSameDtype } from "../shapes.ts";

/**
 * Optimizer steps: a row reads a gradient and overwrites the parameter and its state.
 * Hyperparameters that a schedule may change are float64 inputs (made by `hostScalar`), so that a
 * compiled program reads them at every run; flags are attributes. The step count is state that the
 * row itself advances.
 *
 * References compute in double and round once per stored number.
 */

/** The direction: `maximize` ascends instead of descending. */
interface StepAttrs {
  readonly maximize?: boolean;
}

const writesState = notDifferentiable("an optimizer step overwrites parameters; nothing flows back through it");

/**
 * Checks one step: `param` determines shape and dtype of the other `tensors`; `step` and the
 * `scalars` are single float64 numbers.
 */
function checkStep(op: string, names: readonly string[], inputs: readonly Spec[], tensors: number): [] {
  const param = inputs[0];
  requireFloat(op, "param", param);
  for (let i = 1; i < inputs.length; i++) {
    const name = names[i];
    const expected = i <= tensors ? param.shape : [];
    if (!sameShape(inputs[i].shape, expected)) {
      const why = i <= tensors ? ", the shape of param" : "";
      throw wrongShape(op, name, inputs[i].shape, `${formatShape(expected)}${why}`);
    }
    if (i <= tensors) requireSameDtype(op, inputs[i], name, param, "param");
    else requireDtype(op, name, inputs[i], ["float64"], "make it with hostScalar, which keeps all digits");
  }
  return [];
}

/**
 * `base ** exponent` for a whole exponent by multiplications alone, which round alike in every
 * engine; `**` does not.
 */
function wholePower(base: number, exponent: number): number {
  let power = 1;
  for (let n = exponent, square = base; n > 0; n = Math.floor(n / 2), square *= square) {
    if (n % 2 === 1) power *= square;
  }
  return power;
}

const sgdInputs = ["param", "grad", "lr", "weightDecay"] as const;

/**
 * One step of plain gradient descent: param -= lr * (grad + weightDecay * param).
 * https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export const sgdStep = defineOp({
  name: "sgdStep",
  inputs: sgdInputs,
  outputs: [],
  shape: (inputs, _: StepAttrs) => checkStep("sgdStep", sgdInputs, inputs, 1),
  reference: ([param, grad, lr, weightDecay], _, { maximize }) => {
    const p = param.data;
    const g = grad.data;
    const rate = lr.data[0];
    const decay = weightDecay.data[0];
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      // Without decay the parameter is left out: 0 * Infinity would be NaN.
      const d = decay === 0 ? sign * g[i] : sign * g[i] + decay * p[i];
      p[i] -= rate * d;
    }
  },
  writes: [0],
  grad: writesState,
});

interface MomentumAttrs extends StepAttrs {
  readonly nesterov?: boolean;
}

const momentumInputs = [
  "param",
  "grad",
  "momentumBuffer",
  "step",
  "lr",
  "momentum",
  "dampening",
  "weightDecay",
] as const;

/**
 * One step of gradient descent with momentum: buffer = momentum * buffer + (1 - dampening) * grad,
 * and param moves along the buffer. `step` counts the steps done; the first one takes the gradient
 * whole, as PyTorch does. https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export const sgdMomentumStep = defineOp({
  name: "sgdMomentumStep",
  inputs: momentumInputs,
  outputs: [],
  shape: (inputs, _: MomentumAttrs) => checkStep("sgdMomentumStep", momentumInputs, inputs, 2),
  reference: ([param, grad, buffer, step, lr, momentum, dampening, weightDecay], _, { maximize, nesterov }) => {
    const p = param.data;
    const g = grad.data;
    const b = buffer.data;
    const rate = lr.data[0];
    const kept = momentum.data[0];
    const added = step.data[0] === 0 ? 1 : 1 - dampening.data[0];
    const decay = weightDecay.data[0];
    const sign = maximize ? -1 : 1;
    for (let i = 0; i < p.length; i++) {
      const d = decay === 0 ? sign * g[i] : sign * g[i] + decay * p[i];
      b[i] = kept * b[i] + added * d;
      p[i] -= rate * (nesterov ? d + kept * b[i] : b[i]);
    }
    step.data[0] += 1;
  },
  writes: [0, 2, 3],
  grad: writesState,
});

interface AdamAttrs extends StepAttrs {
  /** Weight decay shrinks the parameter itself (AdamW) instead of joining the gradient (Adam). */
  readonly decoupled?: boolean;
}

/** The scalars behind the tensors, in the order of both rows. */
const adamScalars = ["step", "lr", "beta1", "beta2", "eps", "weightDecay"] as const;

function adam(
  [param, grad, expAvg, expAvgSq]: readonly NdArray[],
  maxExpAvgSq: NdArray | undefined,
  [step, lr, beta1, beta2, eps, weightDecay]: readonly NdArray[],
  { maximize, decoupled }: AdamAttrs,
): void {
  const p = param.data;
  const g = grad.data;
  const m = expAvg.data;
  const v = expAvgSq.data;
  const largest = maxExpAvgSq?.data;
  const count = step.data[0] + 1;
  const b1 = beta1.data[0];
  const b2 = beta2.data[0];
  const epsilon = eps.data[0];
  const stepSize = lr.data[0] / (1 - wholePower(b1, count));
  const correction = Math.sqrt(1 - wholePower(b2, count));
  const decay = decoupled ? 0 : weightDecay.data[0];
  const shrink = decoupled ? 1 - lr.data[0] * weightDecay.data[0] : 1;
  const sign = maximize ? -1 : 1;
  for (let i = 0; i < p.length; i++) {
    const d = decay === 0 ? sign * g[i] : sign * g[i] + decay * p[i];
    m[i] = b1 * m[i] + (1 - b1) * d;
    v[i] = b2 * v[i] + (1 - b2) * d * d;
    let second = v[i];
    if (largest !== undefined) {
      largest[i] = Math.max(largest[i], second);
      second = largest[i];
    }
    p[i] = shrink * p[i] - (stepSize * m[i]) / (Math.sqrt(second) / correction + epsilon);
  }
  step.data[0] = count;
}

const adamInputs = ["param", "grad", "expAvg", "expAvgSq", ...adamScalars] as const;

/**
 * One step of Adam, or with `decoupled` of AdamW: moves param along its first moment, scaled by the
 * root of its second, both corrected for their start at 0. `step` counts the steps done.
 * https://pytorch.org/docs/stable/generated/torch.optim.Adam.html, https://arxiv.org/abs/1412.6980
 */
export const adamStep = defineOp({
  name: "adamStep",
  inputs: adamInputs,
  outputs: [],
  shape: (inputs, _: AdamAttrs) => checkStep("adamStep", adamInputs, inputs, 3),
  reference: (inputs, _, attrs) => adam(inputs, undefined, inputs.slice(4), attrs),
  writes: [0, 2, 3, 4],
  grad: writesState,
});

const amsgradInputs = ["param", "grad", "expAvg", "expAvgSq", "maxExpAvgSq", ...adamScalars] as const;

/**
 * {@link adamStep} scaled by the largest second moment so far:
 * https://openreview.net/forum?id=ryQu7f-RZ
 */
export const amsgradStep = defineOp({
  name: "amsgradStep",
  inputs: amsgradInputs,
  outputs: [],
  shape: (inputs, _: AdamAttrs) => checkStep("amsgradStep", amsgradInputs, inputs, 4),
  reference: (inputs, _, attrs) => adam(inputs, inputs[4], inputs.slice(5), attrs),
  writes: [0, 2, 3, 4, 5],
  grad: writesState,
});
