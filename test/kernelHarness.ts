import type { AnyOp, NdArray, Spec } from "../packages/evenkeel/src/core/index.ts";
import { allocate, sizeOf, type TypedArray } from "../packages/evenkeel/src/core/index.ts";
import {
  type Divide,
  type Kernel,
  type KernelCall,
  ModuleBuilder,
  type Placed,
} from "../packages/evenkeel/src/wasm/index.ts";

/**
 * Runs one kernel alone, in a module of its own. Outputs, scratch and the slack behind every array
 * start as NaN, and guard bytes stand around every block: a kernel that misses an element, reads
 * what is not its own or writes beyond its slack is found out.
 */

export interface HarnessOptions {
  /** Allow relaxed_madd; the engine must know it. */
  readonly fast?: boolean;
  /** Write the parts that threads would share, and run them in this order, first or last one first. */
  readonly divided?: "forwards" | "backwards" | undefined;
  /** Called with the number of parts that the kernel defines, each time it does. */
  readonly onParts?: (count: number) => void;
}

/** What a kernel is given of its call, apart from attrs. */
export type Emit = (call: Omit<KernelCall, "attrs">) => void;

const poison = 0xff; // NaN as float32 and as float64, -1 as int32, no bool
const guard = 0xa5;
const guardBytes = 64;

interface Block {
  readonly address: number;
  /** With slack. */
  readonly bytes: number;
  readonly name: string;
}

export interface Program {
  /** Fills outputs and scratch with NaN, copies the inputs in. */
  reset(): void;
  run(): void;
  /** Checks the guards, and that inputs which the row does not write are as they were. */
  check(): void;
  /** Copies of the inputs and outputs as they stand in memory. */
  readonly inputs: () => NdArray[];
  readonly outputs: () => NdArray[];
  /** The module's size in bytes. */
  readonly size: number;
}

/**
 * A module with one function, written by `emit`, over the given inputs and outputs. `writes`:
 * inputs that it changes.
 */
export function buildProgram(
  inputs: readonly NdArray[],
  outputs: readonly Spec[],
  emit: Emit,
  {
    fast = false,
    divided,
    onParts = () => {},
    scratch = 0,
    writes = [],
  }: HarnessOptions & { scratch?: number | undefined; writes?: readonly number[] } = {},
): Program {
  const blocks: Block[] = [];
  const firstAddress = 1024;
  let end = firstAddress;
  const reserve = (bytes: number, name: string): number => {
    const block = { address: end + guardBytes, bytes: Math.ceil(bytes / 16) * 16, name };
    blocks.push(block);
    end = block.address + block.bytes;
    return block.address;
  };
  const place = (spec: Spec, name: string): Placed => ({
    shape: spec.shape,
    dtype: spec.dtype,
    address: reserve(allocate(spec.dtype, 1).BYTES_PER_ELEMENT * sizeOf(spec.shape), name),
  });
  const placedInputs = inputs.map((input, i) => place(input, `input ${i}`));
  const placedOutputs = outputs.map((output, i) => place(output, `output ${i}`));
  const scratchAddress = reserve(scratch, "scratch");

  const module = new ModuleBuilder();
  module.function(
    "run",
    [],
    (f) =>
      emit({
        inputs: placedInputs,
        outputs: placedOutputs,
        f,
        module,
        scratch: scratchAddress,
        fast,
        divide: divided && inOrder(module, divided, onParts),
        resident: () => scratchAddress,
        reference: () => {}, // a check that fails leaves the poison behind
      }),
    { exported: true },
  );
  const bytes = module.toBytes();
  const memory = new WebAssembly.Memory({ initial: Math.ceil((end + guardBytes) / 65536) });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const all = new Uint8Array(memory.buffer);

  const view = ({ dtype, shape, address }: Placed): TypedArray => {
    const ArrayType = allocate(dtype, 0).constructor as new (b: ArrayBuffer, at: number, n: number) => TypedArray;
    return new ArrayType(memory.buffer, address, sizeOf(shape));
  };
  const copies = (placed: readonly Placed[]): NdArray[] =>
    placed.map((p) => ({ shape: p.shape, dtype: p.dtype, data: view(p).slice() }));

  return {
    reset: () => {
      all.fill(guard);
      for (const block of blocks) all.fill(poison, block.address, block.address + block.bytes);
      for (const [i, placed] of placedInputs.entries()) view(placed).set(inputs[i].data);
    },
    run: instance.exports.run as () => void,
    check: () => {
      const stray = all.subarray(0, firstAddress).findIndex((byte) => byte !== guard);
      if (stray >= 0) throw new Error(`the kernel wrote to address ${stray}, before all of its blocks`);
      for (const { address, bytes: length, name } of blocks) {
        for (let i = 1; i <= guardBytes; i++) {
          if (all[address - i] !== guard) throw new Error(`the kernel wrote ${i} bytes before ${name}`);
          const behind = address + length + i - 1;
          if (all[behind] !== guard) throw new Error(`the kernel wrote ${i} bytes behind the slack of ${name}`);
        }
      }
      for (const [i, placed] of placedInputs.entries()) {
        if (writes.includes(i)) continue;
        const now = view(placed);
        if (now.some((value, j) => !Object.is(value, inputs[i].data[j]))) {
          throw new Error(`the kernel changed input ${i}`);
        }
      }
    },
    inputs: () => copies(placedInputs),
    outputs: () => copies(placedOutputs),
    size: bytes.length,
  };
}

/** Parts as functions that are called one after the other. */
function inOrder(module: ModuleBuilder, order: "forwards" | "backwards", onParts: (count: number) => void): Divide {
  return (parts) => {
    onParts(parts.length);
    const functions = parts.map((part) => module.function("part", [], part));
    return (f, count = parts.length) => {
      const called = functions.slice(0, count);
      for (const each of order === "backwards" ? called.reverse() : called) f.call(each);
    };
  };
}

function programOf<A>(
  row: AnyOp,
  kernel: Kernel<A>,
  inputs: readonly NdArray[],
  attrs: A,
  options: HarnessOptions,
): Program {
  const outputs = row.shape(inputs, attrs);
  const why = kernel.declines?.(inputs, outputs, attrs);
  if (why !== undefined) throw new Error(`the kernel of ${row.name} declines: ${why}`);
  return buildProgram(inputs, outputs, (call) => kernel.emit({ ...call, attrs }), {
    ...options,
    scratch: kernel.scratch?.(inputs, outputs, attrs, options.divided !== undefined),
    writes: row.writes,
  });
}

/**
 * The outputs of a kernel. Inputs that the row writes are updated in place, as its reference would
 * do.
 * @throws Error if the kernel declines, or writes where it must not
 */
export function runKernel<A>(
  row: AnyOp,
  kernel: Kernel<A>,
  inputs: readonly NdArray[],
  attrs: A,
  options: HarnessOptions = {},
): NdArray[] {
  const program = programOf(row, kernel, inputs, attrs, options);
  program.reset();
  program.run();
  program.check();
  const after = program.inputs();
  for (const i of row.writes) inputs[i].data.set(after[i].data as never);
  return program.outputs();
}

/** The outputs of the row's reference, on copies of the inputs unless the row writes them. */
export function runReference<A>(row: AnyOp, inputs: readonly NdArray[], attrs: A): NdArray[] {
  const outputs = row
    .shape(inputs, attrs)
    .map(({ shape, dtype }) => ({ shape, dtype, data: allocate(dtype, sizeOf(shape)) }));
  row.reference(inputs, outputs, attrs);
  return outputs;
}

/**
 * Minimum time of one call, in nanoseconds: of many short runs, long enough for the engine to have
 * optimised.
 */
export function timeProgram(program: Program, milliseconds = 300): number {
  program.reset();
  const start = performance.now();
  program.run();
  const once = Math.max(performance.now() - start, 1e-4);
  const calls = Math.max(1, Math.min(200, Math.round(0.1 / once)));
  let least = Number.POSITIVE_INFINITY;
  for (let runs = 0; runs < 3 || performance.now() - start < milliseconds; runs++) {
    const from = performance.now();
    for (let i = 0; i < calls; i++) program.run();
    least = Math.min(least, (performance.now() - from) / calls);
  }
  return least * 1e6;
}

/** {@link timeProgram} of a kernel; the call from JavaScript, some 10 ns, is included. */
export function timeKernel<A>(
  row: AnyOp,
  kernel: Kernel<A>,
  inputs: readonly NdArray[],
  attrs: A,
  options: HarnessOptions & { milliseconds?: number } = {},
): number {
  return timeProgram(programOf(row, kernel, inputs, attrs, options), options.milliseconds);
}

/** An array from nested sizes and a list or a function of the index. */
export function ndArray(
  shape: readonly number[],
  values: ArrayLike<number> | ((index: number) => number),
  dtype: Spec["dtype"] = "float32",
): NdArray {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = typeof values === "function" ? values(i) : values[i];
  return { shape, dtype, data };
}

/**
 * Repeatable numbers of about a standard normal's spread: a sum of three from a linear congruential
 * generator.
 */
export function noise(seed = 1): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => 2 * (next() + next() + next()) - 3;
}
