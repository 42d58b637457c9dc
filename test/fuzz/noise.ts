import type { Tensor } from "evenkeel";
import { type AnyOp, type Executor, isFloat, setExecutor, type Value } from "evenkeel/core";
import type { Random } from "./random.ts";

/** The spacing of float32 numbers at 1, and of doubles. */
export const ulp32 = 2 ** -23;
export const ulp64 = 2 ** -52;

/** Ops that only move or choose numbers: they round nothing. */
const movements = new Set([
  ..."assign cast clone concat detach embedding expand fill gather indexSelect permute reshape slice unslice".split(
    " ",
  ),
  ..."abs amax amin clamp maximum minimum neg relu sign where".split(" "),
]);

/**
 * Ops that add up: what cancels in the sum leaves the rounding of its summands, in an order that is
 * the kernel's own.
 */
const sums = new Set([
  ..."batchNorm batchNormBackward batchNormEval crossEntropy crossEntropyBackward embeddingBackward indexAdd".split(
    " ",
  ),
  ..."groupNorm groupNormBackward localResponseNorm localResponseNormBackward rmsNorm rmsNormBackward".split(" "),
  ..."layerNorm layerNormBackward linear logSoftmax logSoftmaxBackward logsumexp matmul mean prod scatterAdd".split(
    " ",
  ),
  ..."softmax sum var vectorNorm".split(" "),
]);

/**
 * Ops that compute in double where terms cancel, to its last bits: gelu far below 0, normalized
 * constants, 1 less a probability of nearly 1.
 */
const cancelling = new Set([
  ..."batchNorm batchNormBackward crossEntropyBackward gelu geluTanh logSoftmax logSoftmaxBackward".split(" "),
  ..."groupNorm groupNormBackward".split(" "),
]);

/**
 * Runs `fn` eagerly with every result of every op off by up to one ulp, at random, as if it had
 * been rounded, and likewise every summand: two runs in float64 then differ as two honest
 * implementations in the precision of that ulp may.
 */
export function withNoise<T>(random: Random, ulp: number, fn: () => T): T {
  const factor = () => 1 + (2 * random.next() - 1) * ulp;
  const disturb = (value: Value) => {
    const { data, dtype } = value as Tensor;
    if (!isFloat(dtype)) return;
    // Whole numbers are exact.
    for (let i = 0; i < data.length; i++) if (!Number.isInteger(data[i])) data[i] *= factor();
  };
  const shift = (value: Value) => {
    const { data } = value as Tensor;
    for (let i = 0; i < data.length; i++) data[i] += (2 * random.next() - 1) * 2 ** -51;
  };
  const withDisturbed = (inputs: readonly Value[], run: () => readonly Value[]) => {
    const floats = [
      ...new Set((inputs as readonly Tensor[]).filter(({ dtype }) => isFloat(dtype)).map(({ data }) => data)),
    ];
    const saved = floats.map((data) => data.slice());
    for (const data of floats) for (let i = 0; i < data.length; i++) data[i] *= factor();
    try {
      return run();
    } finally {
      floats.forEach((data, i) => {
        data.set(saved[i]);
      });
    }
  };
  const noisy: Executor = {
    constant: (value, dtype) => eager.constant(value, dtype),
    literal: (data, spec) => eager.literal(data, spec),
    hostScalar: (read, of, key) => eager.hostScalar(read, of, key),
    run(op, inputs, attrs) {
      const run = () => eager.run(op, inputs, attrs);
      // A step may cancel what it is taken from.
      if (!isQuiet(op, attrs)) for (const index of op.writes) disturb(inputs[index]);
      const outputs = sums.has(op.name) ? withDisturbed(inputs, run) : run();
      if (!isQuiet(op, attrs)) {
        outputs.forEach(disturb);
        if (cancelling.has(op.name)) outputs.forEach(shift);
        for (const index of op.writes) disturb(inputs[index]);
      }
      return outputs;
    },
  };
  const eager = setExecutor(noisy) as Executor;
  try {
    return fn();
  } finally {
    setExecutor(eager);
  }
}

/** Draws are exact too: they are the same numbers in every run. */
function isQuiet({ name, aliases }: AnyOp, attrs: unknown): boolean {
  return aliases || movements.has(name) || (typeof attrs === "object" && attrs !== null && "generator" in attrs);
}
