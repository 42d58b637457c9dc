import { type FunctionBuilder, f32x4, type Local, v128 } from "../../../wasm/index.ts";
import { advance, floatBytes, pointer, vectorBytes } from "../../matmul/gemm.problem.ts";
import type { Axis } from "./axis.ts";
import { type Panel, panelBytes, panelsBytes, panelsOf } from "./panels.ts";

/** Weights [O, C / groups, kh, kw] turned to panels [group][panel][row][column][input][channels of the panel], and back. */
export interface WeightTurn {
  readonly groups: number;
  /** Channels of a group that are summed over, and those of the panels. */
  readonly inputs: number;
  readonly outputs: number;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Where the weights lie, and the distances in bytes from one group, input, output and kernel row to the next. */
  readonly weight: {
    readonly address: number;
    readonly group: number;
    readonly input: number;
    readonly output: number;
  };
  readonly kernelRow: number;
  readonly panels: number;
}

/** Bytes of the panels. */
export function weightPanelBytes({
  groups,
  inputs,
  outputs,
  rows,
  columns,
}: Omit<WeightTurn, "weight" | "kernelRow" | "panels">) {
  return groups * rows.taps.length * columns.taps.length * inputs * panelsBytes(panelsOf(outputs));
}

/** Copies the weights into panels. */
export function emitPackWeights(f: FunctionBuilder, turn: WeightTurn): void {
  const vector = f.local("v128");
  const { output } = turn.weight;
  forEachStep(f, turn, (panel, weight, target) => {
    for (const [v, start] of panel.vectors.entries()) {
      const from = (start / floatBytes) * output;
      f.set(vector, v128.load32Zero(weight, from));
      for (let lane = 1; lane < panel.lanes; lane++) {
        f.set(vector, v128.load32Lane(weight, vector, lane, from + lane * output));
      }
      f.storeV128(target, vector, v * vectorBytes);
    }
  });
}

/** Copies panels back to where weights lie. */
export function emitUnpackWeights(f: FunctionBuilder, turn: WeightTurn): void {
  const vector = f.local("v128");
  const { output } = turn.weight;
  forEachStep(f, turn, (panel, weight, source) => {
    for (const [v, start] of panel.vectors.entries()) {
      f.set(vector, v128.load(source, v * vectorBytes));
      for (let lane = 0; lane < panel.lanes; lane++) {
        f.storeLane32(weight, vector, lane, (start / floatBytes + lane) * output);
      }
    }
  });
}

/** Visits the steps of all panels in the order in which they lie, with the weight of the panel's first channel. */
function forEachStep(
  f: FunctionBuilder,
  { groups, inputs, outputs, rows, columns, weight, kernelRow, panels }: WeightTurn,
  visit: (panel: Panel, weight: Local<"i32">, step: Local<"i32">) => void,
): void {
  const step = pointer(f, panels);
  /** Repeats with a pointer of its own, which moves. */
  const nest = (from: Local<"i32">, count: number, distance: number, body: (at: Local<"i32">) => void, start = 0) => {
    const at = f.local("i32");
    f.set(at, from);
    advance(f, at, start);
    f.times(count, () => {
      body(at);
      advance(f, at, distance);
    });
  };
  const tapsOf = ({ taps }: Axis, distance: number) => ({
    count: taps.length,
    start: taps[0].weight * distance,
    distance: taps.length > 1 ? (taps[1].weight - taps[0].weight) * distance : 0,
  });
  if (rows.taps.length === 0 || columns.taps.length === 0) return;
  const [down, across] = [tapsOf(rows, kernelRow), tapsOf(columns, floatBytes)];
  nest(pointer(f, weight.address), groups, weight.group, (group) => {
    for (const panel of panelsOf(outputs)) {
      const first = (panel.start / floatBytes) * weight.output;
      const channels = panel.vectors.length * 4 * weight.output;
      const overPanels = (body: (at: Local<"i32">) => void) => nest(group, panel.count, channels, body, first);
      overPanels((of) => {
        nest(
          of,
          down.count,
          down.distance,
          (row) => {
            nest(
              row,
              across.count,
              across.distance,
              (tap) => {
                nest(tap, inputs, weight.input, (at) => {
                  visit(panel, at, step);
                  advance(f, step, panelBytes(panel));
                });
              },
              across.start,
            );
          },
          down.start,
        );
      });
    }
  });
}

/** So many zeros that the panels of a gradient begin as. */
export function emitClear(f: FunctionBuilder, address: number, bytes: number): void {
  if (bytes > vectorBytes * 4) f.fill(address, 0, bytes);
  else for (let at = 0; at < bytes; at += vectorBytes) f.storeV128(address + at, f32x4.const(0));
}
