import type { Tensor } from "evenkeel";
import * as F from "evenkeel/nn/functional";
import { camelCase } from "./golden.ts";
import type { OpCall } from "./opCases.ts";

/** torch's keyword arguments, as pool.json has them. */
export type PoolArgs = Readonly<Record<string, unknown>>;

type Result = Tensor | readonly Tensor[];

/**
 * A call whose keywords `places` come first, in this order, and the others as an object, if there
 * are any.
 */
const call =
  (fn: (...given: never[]) => Result, ...places: readonly string[]): OpCall<PoolArgs> =>
  (inputs, args) => {
    const options = camelCase(args);
    const first = places.map((name) => options[name]);
    for (const name of places) delete options[name];
    const rest = Object.keys(options).length > 0 ? [options] : [];
    return (fn as (...given: unknown[]) => Result)(...inputs, ...first, ...rest);
  };

/** How the library says torch's calls of pooling and resizing. */
export const poolCalls: Readonly<Record<string, OpCall<PoolArgs>>> = {
  adaptive_avg_pool1d: call(F.adaptiveAvgPool1d, "outputSize"),
  adaptive_avg_pool2d: call(F.adaptiveAvgPool2d, "outputSize"),
  adaptive_avg_pool3d: call(F.adaptiveAvgPool3d, "outputSize"),
  adaptive_max_pool1d: call(F.adaptiveMaxPool1d, "outputSize"),
  adaptive_max_pool2d: call(F.adaptiveMaxPool2d, "outputSize"),
  adaptive_max_pool3d: call(F.adaptiveMaxPool3d, "outputSize"),
  avg_pool1d: call(F.avgPool1d, "kernelSize"),
  avg_pool2d: call(F.avgPool2d, "kernelSize"),
  avg_pool3d: call(F.avgPool3d, "kernelSize"),
  channel_shuffle: call(F.channelShuffle, "groups"),
  global_amax: ([x]) => (x as Tensor).amax([2, 3]),
  global_mean: ([x]) => (x as Tensor).mean([2, 3]),
  interpolate: call(F.interpolate),
  lp_pool1d: call(F.lpPool1d, "normType", "kernelSize"),
  lp_pool2d: call(F.lpPool2d, "normType", "kernelSize"),
  max_pool1d: call(F.maxPool1d, "kernelSize"),
  max_pool2d: call(F.maxPool2d, "kernelSize"),
  max_pool3d: call(F.maxPool3d, "kernelSize"),
  max_unpool1d: call(F.maxUnpool1d, "kernelSize"),
  max_unpool2d: call(F.maxUnpool2d, "kernelSize"),
  max_unpool3d: call(F.maxUnpool3d, "kernelSize"),
  pixel_shuffle: call(F.pixelShuffle, "upscaleFactor"),
  pixel_unshuffle: call(F.pixelUnshuffle, "downscaleFactor"),
};
