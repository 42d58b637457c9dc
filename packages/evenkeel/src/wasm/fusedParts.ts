import type { FusedLoop, LoopInput } from "./fusedLoop.ts";
import { sharesOf } from "./kernel.ts";
import { bytesOfElement } from "./laneMemory.ts";

/**
 * A loop over elements in parts that may run at the same time: some elements each, or some rows where
 * rows share operands. What they are depends on the sizes alone.
 */

/** Loops that take about 50 microseconds: waking a thread for less takes longer than it helps. */
const worthParts = 50_000;
/** Nanoseconds per element that loading or storing it takes, and computing a step of each kind. */
const nanoseconds = { array: 0.06, short: 0.05, long: 2 } as const;
/** Elements of a part are a multiple of this: whole vectors of any dtype. */
const elementsTogether = 16;

type Sizes = Pick<FusedLoop, "rows" | "columns" | "inputs" | "outputs">;

/** How many steps of a loop are single instructions, and how many call functions such as exp. */
export interface Work {
  readonly short: number;
  readonly long: number;
}

/** The parts of a loop; a single one if it is small. */
export function partsOf<L extends Sizes>(loop: L, { short, long }: Work): L[] {
  const { rows, columns, inputs, outputs } = loop;
  const arrays = inputs.filter(({ pattern }) => pattern === "full").length + outputs.length;
  const perElement = arrays * nanoseconds.array + short * nanoseconds.short + long * nanoseconds.long;
  if (rows * columns * perElement < worthParts) return [loop];
  const isFlat = inputs.every(({ pattern }) => pattern === "full" || pattern === "scalar");
  const [total, unit, ofUnit] = isFlat ? [rows * columns, elementsTogether, 1] : [rows, rowsTogether(inputs), columns];
  return sharesOf(total, unit).map(({ start, count }) => {
    const own = inputs.map((input) => {
      if (input.pattern === "full") return moved(input, start * ofUnit);
      return input.pattern === "column" ? moved(input, start) : input;
    });
    const sizes = isFlat ? { rows: 1, columns: count } : { rows: count, columns };
    return { ...loop, ...sizes, inputs: own, outputs: outputs.map((output) => moved(output, start * ofUnit)) };
  });
}

const moved = <A extends { readonly address: number; readonly dtype: LoopInput["dtype"] }>(
  array: A,
  by: number,
): A => ({
  ...array,
  address: array.address + by * bytesOfElement(array.dtype),
});

/** Rows after which every cycle of channels starts anew. */
function rowsTogether(inputs: readonly LoopInput[]): number {
  const cycles = inputs.flatMap(({ pattern }) => (typeof pattern === "object" ? [pattern.channels] : []));
  return cycles.reduce((all, cycle) => (all * cycle) / greatestDivisor(all, cycle), 1);
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
