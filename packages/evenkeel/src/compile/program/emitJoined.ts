import { sizeOf } from "../../core/index.ts";
import { blockBytes } from "../../wasm/blocks.ts";
import { widthOf } from "../../wasm/convert.ts";
import {
  type FunctionBuilder,
  f64,
  type I32,
  i32,
  type Joins,
  type KernelCall,
  type ModuleBuilder,
} from "../../wasm/index.ts";

/** The part of a kernel's input that differs between the calls of a program. */
export type Call = Pick<KernelCall, "inputs" | "outputs" | "attrs">;

/**
 * Calls that differ only in their arrays: those whose arrays are adjacent in memory, in every
 * input, become one call on the memory from the first array to the end of the last. The gaps
 * between arrays are slack.
 */
export function emitJoined(
  f: FunctionBuilder,
  module: ModuleBuilder,
  joins: Joins,
  calls: readonly Call[],
  emitCall: (f: FunctionBuilder, call: Call) => void,
): void {
  for (const run of runsOf(calls, joins)) {
    const whole = () => emitCall(f, flat(run, joins));
    if (run.length === 1) emitCall(f, run[0]);
    else if (joins.count === undefined) whole();
    else {
      const [first, ...others] = run.map(({ inputs }) => inputs[joins.count as number].address);
      const count = f.let(f64.load(0, first));
      const differs = others.map((at): I32 => f64.ne(f64.load(0, at), count)).reduce((a, b) => i32.or(a, b));
      f.if(
        differs,
        // A parameter that had no gradient for some steps has a smaller count.
        () => {
          for (const call of run) f.call(module.function("alone", [], (alone) => emitCall(alone, call)));
        },
        () => {
          whole();
          f.set(count, f64.load(0, first));
          for (const at of others) f.storeF64(0, count, at);
        },
      );
    }
  }
}

/** Runs of the list in which every array starts at the end of its neighbour's block. */
export function runsOf(calls: readonly Call[], joins: Joins): Call[][] {
  const runs: Call[][] = [];
  for (const call of calls) {
    const last = runs.at(-1);
    if (last !== undefined && follows(call, last.at(-1) as Call, joins)) last.push(call);
    else runs.push([call]);
  }
  return runs;
}

function follows(call: Call, before: Call, { arrays }: Joins): boolean {
  return call.inputs
    .slice(0, arrays)
    .every(({ address }, i) => address === before.inputs[i].address + blockBytes(bytesOf(before)));
}

const bytesOf = ({ inputs: [{ shape, dtype }] }: Call): number => sizeOf(shape) * widthOf(dtype);

function flat(run: readonly Call[], { arrays }: Joins): Call {
  const [first] = run;
  const last = run[run.length - 1];
  const bytes = last.inputs[0].address + bytesOf(last) - first.inputs[0].address;
  const shape = [bytes / widthOf(first.inputs[0].dtype)];
  return { ...first, inputs: first.inputs.map((input, i) => (i < arrays ? { ...input, shape } : input)) };
}
