import type { Tensor } from "evenkeel";
import type { Builder, Named } from "./builder.ts";
import { lossLayers, lossOf } from "./catalogue/losses.ts";

/** Adds the end of a step, from its losses on; false if it cannot. */
type Ending = (builder: Builder) => boolean;

/** A value of the step that has a gradient, mostly one of the last. */
function differentiable(builder: Builder): Named | undefined {
  const values = builder.floats.filter(({ name, tensor }) => name.startsWith("v") && tensor.requiresGrad);
  return builder.random.chance(0.7) ? values.at(-1) : values.length > 0 ? builder.random.pick(values) : undefined;
}

/** Leaves to differentiate by, as code. */
function targetsOf(builder: Builder): string[] {
  const leaves = builder.floats.filter(({ tensor }) => tensor.requiresGrad).map(({ name }) => name);
  const ofLayers = builder.members.flatMap(({ name }) => {
    const layer = builder.value(name as string) as { namedParameters?: () => [string, Tensor][] };
    return (layer.namedParameters?.() ?? []).map((_, i) => `${name}.parameters()[${i}]`);
  });
  return [...leaves, ...ofLayers];
}

function addLoss(builder: Builder): Named | undefined {
  const { random } = builder;
  for (let tries = 0; tries < 8; tries++) {
    const a = differentiable(builder);
    if (a === undefined) return undefined;
    if (random.chance(0.08)) {
      const layer = builder.member("l", `${random.pick(lossLayers)}@`);
      const loss = builder.add(`${layer}(A, rand(A.shape)@)`, a);
      if (loss?.tensor.requiresGrad) return loss;
      if (layer !== undefined) builder.dropMember(layer);
      continue;
    }
    const loss = builder.add(lossOf(a.tensor, random), a, random.pick(builder.floats));
    if (loss?.tensor.requiresGrad && loss.tensor.numel() === 1) return loss;
  }
  return undefined;
}

const backwardOf = (builder: Builder, loss: Named, options = ""): boolean =>
  builder.effect({ code: `A.backward(${options})` }, loss);

const once: Ending = (builder) => {
  const loss = addLoss(builder);
  return loss !== undefined && backwardOf(builder, loss);
};

const summed: Ending = (builder) => {
  const [a, b] = [addLoss(builder), addLoss(builder)];
  const total = a && b && builder.add(`A.add(B.mul(0.5))`, a, b);
  return total !== undefined && backwardOf(builder, total);
};

const twice: Ending = (builder) => {
  const [a, b] = [addLoss(builder), addLoss(builder)];
  if (a === undefined || b === undefined) return false;
  return backwardOf(builder, a, "undefined, { retainGraph: true }") && backwardOf(builder, b);
};

/** The same loss again: gradients add up. */
const again: Ending = (builder) => {
  const loss = addLoss(builder);
  if (loss === undefined) return false;
  return backwardOf(builder, loss, "undefined, { retainGraph: true }") && backwardOf(builder, loss);
};

const seeded: Ending = (builder) => {
  const a = differentiable(builder);
  return a !== undefined && backwardOf(builder, a, builder.random.pick(["A.detach().mul(0.3)", "rand(A.shape)@"]));
};

const retained: Ending = (builder) => {
  const a = differentiable(builder);
  if (a === undefined || !builder.effect({ code: "A.retainGrad()" }, a)) return false;
  const loss = addLoss(builder);
  if (loss === undefined || !backwardOf(builder, loss)) return false;
  builder.add("A.grad.mul(1)", a);
  return true;
};

const gradientOnly: Ending = (builder) => {
  const { random } = builder;
  const loss = addLoss(builder);
  const targets = targetsOf(builder);
  if (loss === undefined || targets.length === 0) return false;
  for (const target of random.some(targets, 0.5)) {
    builder.add(`grad(A, ${target}, { retainGraph: true, allowUnused: true })[0]`, loss);
  }
  return true;
};

/** A gradient's gradient: penalties on gradients, Hessian products. */
const second: Ending = (builder) => {
  const { random } = builder;
  const loss = addLoss(builder);
  const targets = targetsOf(builder);
  if (loss === undefined || targets.length === 0) return false;
  const gradient = builder.add(`grad(A, ${random.pick(targets)}, { createGraph: true, allowUnused: true })[0]`, loss);
  if (!gradient?.tensor.requiresGrad) return false;
  const penalty = builder.add(random.pick(["A.square().sum()", "A.norm()", "A.mul(B).sum()"]), gradient, loss);
  if (!penalty?.tensor.requiresGrad) return false;
  const total = random.chance(0.5) ? builder.add("A.add(B)", penalty, loss) : penalty;
  return total !== undefined && backwardOf(builder, total);
};

const endings: readonly (readonly [number, Ending])[] = [
  [8, once],
  [1, summed],
  [1, twice],
  [0.5, again],
  [0.7, seeded],
  [0.5, retained],
  [0.7, gradientOnly],
  [1.2, second],
];

/**
 * Adds losses and gradients; false if the step has nothing to differentiate, or it cannot be done.
 */
export function buildBackward(builder: Builder): boolean {
  return builder.random.weighted(endings)(builder);
}
