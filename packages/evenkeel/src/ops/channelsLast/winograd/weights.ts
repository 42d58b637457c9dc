import { type FunctionBuilder, v128 } from "../../../wasm/index.ts";
import { floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";
import type { Convolution, WeightPlace } from "../convolution.ts";
import { type Panel, panelsBytes, panelsOf } from "../direct/panels.ts";
import { forEachStep, oneTap, type Steps } from "../direct/weights.ts";
import { emitSquare, weightGradientLines, weightLines } from "./lines.ts";

/** Weights as 16 planes of panels, [plane][panel][input][channels of the panel], and back. */

type Channels = Pick<Convolution, "inputs" | "outputs">;

const planeBytes = ({ inputs, outputs }: Channels): number => inputs * panelsBytes(panelsOf(outputs));

export const factorBytes = (channels: Channels): number => 16 * planeBytes(channels);

/** The steps of one plane, one for each pair of channels. */
const stepsOf = ({ inputs, outputs }: Channels, weight: WeightPlace, panels: number): Steps => ({
  groups: 1,
  inputs,
  outputs,
  weight: { ...weight, group: 0 },
  panels,
  down: oneTap,
  across: oneTap,
});

/**
 * The offsets of the weights of a vector's lanes, in bytes from that of the panel's first channel.
 */
const lanesOf = ({ vectors }: Panel, v: number, { output }: WeightPlace): number[] =>
  [0, 1, 2, 3].map((lane) => (vectors[v] / floatBytes + lane) * output);

/** G w G'. */
export function emitTransformWeights(
  f: FunctionBuilder,
  channels: Channels,
  weight: WeightPlace,
  panels: number,
): void {
  const plane = planeBytes(channels);
  const values = f.locals("v128", 9);
  const line = f.locals("v128", 3);
  forEachStep(f, stepsOf(channels, weight, panels), (panel, at, step) => {
    for (const v of panel.vectors.keys()) {
      const [first, ...others] = lanesOf(panel, v, weight);
      for (const [i, value] of values.entries()) {
        f.set(value, v128.load32Zero(at, first + i * floatBytes));
        for (const [l, lane] of others.entries())
          f.set(value, v128.load32Lane(at, value, l + 1, lane + i * floatBytes));
      }
      const load = (row: number, column: number) => values[row * 3 + column];
      emitSquare(f, weightLines, line, load, (row, column, value) =>
        f.storeV128(step, value, (row * 4 + column) * plane + v * vectorBytes),
      );
    }
  });
}

/** G' du G. */
export function emitTransformGradients(
  f: FunctionBuilder,
  channels: Channels,
  weight: WeightPlace,
  panels: number,
): void {
  const plane = planeBytes(channels);
  const line = f.locals("v128", 4);
  const vector = f.local("v128");
  forEachStep(f, stepsOf(channels, weight, panels), (panel, at, step) => {
    for (const v of panel.vectors.keys()) {
      const load = (row: number, column: number) => v128.load(step, (row * 4 + column) * plane + v * vectorBytes);
      emitSquare(f, weightGradientLines, line, load, (row, column, value) => {
        f.set(vector, value);
        for (const [l, lane] of lanesOf(panel, v, weight).entries()) {
          f.storeLane32(at, vector, l, lane + (row * 3 + column) * floatBytes);
        }
      });
    }
  });
}
