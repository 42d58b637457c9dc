import {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  type Kernel,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";

/**
 * Running statistics, two channels at a time and in double, bit-equal to the reference. After an
 * odd last channel there is slack.
 */
export const updateRunningStatsKernel: Kernel<{ readonly count: number }> = {
  kind: "kernel",
  declines: (inputs) => {
    const float = inputs.every(({ dtype }) => dtype === "float32" || dtype === "float64");
    return float ? undefined : "statistics and factor must be float32 or float64";
  },
  emit: ({ inputs, f, attrs: { count } }) => {
    const [runningMean, runningVar, mean, variance, { address, dtype }] = inputs;
    const [channels] = runningMean.shape;
    if (channels === 0) return;
    const factor = f.let(dtype === "float64" ? f64.load(address) : f64.promote(f32.load(address)));
    const weights = f.let(f64x2.splat(factor));
    const rests = f.let(f64x2.splat(f64.sub(1, factor)));
    const unbias = count / (count - 1);

    const at = f.let(i32.const(0));
    const move = (running: Placed, batch: V128) => {
      const moved = f64x2.add(f64x2.mul(rests, loadTwo(running, at)), f64x2.mul(weights, batch));
      if (running.dtype === "float64") f.storeV128(at, moved, running.address);
      else f.storeLane64(i32.shrU(at, 1), f32x4.demoteZero(moved), 0, running.address);
    };
    f.loop(at, 16 * Math.ceil(channels / 2), 16, () => {
      move(runningMean, loadTwo(mean, at));
      move(runningVar, f64x2.mul(loadTwo(variance, at), f64x2.const(unbias)));
    });
  },
};

/** Two channels; `at` counts bytes of float64. */
function loadTwo({ address, dtype }: Placed, at: Local<"i32">): V128 {
  return dtype === "float64" ? v128.load(at, address) : f64x2.promoteLow(v128.load64Zero(i32.shrU(at, 1), address));
}
