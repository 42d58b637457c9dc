import type { NdArray, TypedArray } from "../../core/index.ts";
import { refuse, wrongState } from "../../core/index.ts";
import type { Generator } from "../../random/index.ts";
import { stateLength } from "../../random/mersenneTwister.ts";
import { Tensor } from "../../tensor/index.ts";
import { Storage } from "../../tensor/storage.ts";
import { type Divide, type FunctionRef, ModuleBuilder } from "../../wasm/index.ts";
import { type GraphBuffer, type GraphValue, generatorOf } from "../graph.ts";
import { heap } from "../memory/heap.ts";
import { type Layout, layOut } from "../memory/layout.ts";
import type { Task } from "../passes/fuse.ts";
import type { Divisible } from "../threads/pool.ts";
import { getNumThreads, threadPool } from "../threads/threads.ts";
import { verification } from "../verification.ts";
import { verifyLayout } from "../verify.ts";
import { prefersWide } from "../wideVectors.ts";
import { Backup } from "./backup.ts";
import { emitTask, type TaskCode } from "./emit.ts";

/** The contents of a finished program, for `explain`. */
interface ProgramParts {
  readonly tasks: readonly Task[];
  readonly code: readonly TaskCode[];
  readonly layout: Layout;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Exports = Record<string, () => void>;

/** Arrays over the memory as it is now. */
interface Views {
  readonly buffer: ArrayBufferLike;
  readonly arguments: readonly (TypedArray | undefined)[];
  readonly hosts: readonly TypedArray[];
  readonly results: readonly TypedArray[];
  readonly operands: Map<GraphValue, NdArray>;
}

/** How many divided programs there were. */
let programs = 0;

/** Frees a program's memory when the program is garbage-collected, unless it was disposed of. */
const released = new FinalizationRegistry<readonly number[]>((blocks) => heap().releaseAll(blocks));

function generatorsOf(tasks: readonly Task[], code: readonly TaskCode[]): Generator[] {
  const drawing = tasks.filter((_, i) => code[i].fallback === undefined);
  return [...new Set(drawing.flatMap((task) => (task.kind === "op" ? (generatorOf(task.node) ?? []) : [])))];
}

/** How the code of a program is written. */
export interface ProgramOptions {
  /** Lets the engine fuse multiply and add. */
  readonly fast: boolean;
  /** For vectors of 256 bits, if that is faster here. */
  readonly wide: boolean;
  /** The most threads that it runs on; all by default. */
  readonly threads?: number | undefined;
}

/** Parts are exported as "part_<number>", numbered through the program; `parallel` runs some in all threads. */
function dividing(module: ModuleBuilder, parallel: FunctionRef<readonly ["i32", "i32"], null>): Divide {
  let defined = 0;
  return (parts) => {
    const first = defined;
    defined += parts.length;
    for (const [i, write] of parts.entries()) {
      module.function(`part_${first + i}`, [], write, { exported: true });
    }
    return (f, count = parts.length) => f.call(parallel, first, count);
  };
}

/** A compiled graph: one WebAssembly module over the heap, and the host code around it. */
export class Program {
  readonly parts: ProgramParts;
  readonly #results: readonly GraphValue[];
  readonly #arguments: readonly (GraphBuffer | undefined)[];
  readonly #hosts: Layout["hosts"];
  readonly #written: readonly Storage[];
  /** Generators that the program's code draws from. */
  readonly #generators: readonly Generator[];
  readonly #backup: Backup;
  /** Blocks of the heap that go with it. */
  readonly #blocks: number[];
  readonly #divisible: Divisible | undefined;
  #exports: Exports | undefined;
  #step: () => void = () => {};
  #views: Views | undefined;
  #runs = 0;
  #isDisposed = false;

  constructor(tasks: readonly Task[], results: readonly GraphValue[], options: ProgramOptions) {
    const { fast, wide, threads = getNumThreads() } = options;
    const divides = threads > 1 && threadPool() !== undefined;
    const layout = layOut(tasks, results, divides);
    if (verification.enabled) verifyLayout(tasks, results, layout);
    const module = new ModuleBuilder({ wide: () => wide && prefersWide(), isShared: heap().isShared });
    const fallback = module.import("fallback", ["i32"]);
    const parallel = divides ? module.import("parallel", ["i32", "i32"]) : undefined;
    const divide = parallel && dividing(module, parallel);
    const code = tasks.map((task, index) => emitTask(task, index, { module, layout, fallback, divide, fast }));
    module.function(
      "step",
      [],
      (f) => {
        for (const { ref } of code) f.call(ref);
      },
      { exported: true },
    );
    this.parts = { tasks, code, layout, bytes: module.toBytes() };
    this.#results = results;
    this.#arguments = layout.arguments;
    this.#hosts = layout.hosts;
    this.#written = layout.written;
    this.#generators = generatorsOf(tasks, code);
    this.#backup = new Backup(tasks, code);
    this.#blocks = [...layout.blocks];
    if (divides) this.#divisible = this.#shareModule(threads);
    released.register(this, this.#blocks, this);
  }

  /**
   * Gives its memory back. Nothing else lives there: state has blocks of its own, and results are
   * copies. A program that is running ends first: a hyperparameter that it reads may be a getter
   * that gets here.
   */
  dispose(): void {
    this.#isDisposed = true;
    if (this.#runs > 0 || !released.unregister(this)) return;
    this.#exports = undefined;
    this.#views = undefined;
    heap().releaseAll(this.#blocks);
  }

  /** Puts the module where workers find it. */
  #shareModule(threads: number): Divisible {
    const { bytes } = this.parts;
    const address = heap().allocate(bytes.length);
    this.#blocks.push(address);
    new Uint8Array(heap().memory.buffer, address, bytes.length).set(bytes);
    return { id: ++programs, module: { address, length: bytes.length }, threads };
  }

  /** Compiles the module synchronously, as Node and workers allow. */
  instantiate(): void {
    this.#ready(new WebAssembly.Instance(new WebAssembly.Module(this.parts.bytes), this.#imports()));
  }

  /** Compiles the module asynchronously, as browsers require on the main thread. */
  async instantiateAsync(): Promise<void> {
    if (this.#exports !== undefined) return;
    const { instance } = await WebAssembly.instantiate(this.parts.bytes, this.#imports());
    this.#ready(instance);
  }

  /**
   * Runs the step on the argument tensors; gives the result tensors, with memory of their own.
   * @throws the errors of host tasks: a hyperparameter, a class or an index out of range; all state
   *   is then unchanged
   */
  run(args: readonly Tensor[]): Tensor[] {
    if (this.#isDisposed) throw refuse("internal", "compile", "a program was run after its memory was given back");
    this.#runs++;
    try {
      return this.#run(args);
    } finally {
      this.#runs--;
      if (this.#isDisposed) this.dispose();
    }
  }

  #run(args: readonly Tensor[]): Tensor[] {
    if (this.#exports === undefined) this.instantiate();
    const views = this.#currentViews();
    for (let i = 0; i < views.arguments.length; i++) views.arguments[i]?.set(args[i].data);
    for (let i = 0; i < this.#hosts.length; i++) views.hosts[i][0] = this.#hosts[i].read();
    this.#backup.take();
    this.#handOver();
    try {
      this.#step();
    } catch (error) {
      this.#backup.restore();
      throw error;
    }
    this.#takeBack();
    for (const storage of this.#written) storage.version++;
    return this.#results.map(({ shape, dtype }, i) => {
      const storage = new Storage(views.results[i].slice());
      storage.isResult = true;
      return new Tensor(storage, shape, dtype);
    });
  }

  /**
   * Microseconds of each task, the median over whole steps on the last arguments: state changes as
   * it does in steps. The time of reading the clock is subtracted.
   */
  profile(runs: number): number[] {
    const exports = this.#exports;
    if (exports === undefined)
      throw wrongState("explain", "the program has not run yet", "call the compiled function first");
    const functions = this.parts.code.map(({ ref }) => exports[ref.name]);
    const times = functions.map(() => new Float64Array(runs));
    const idle = new Float64Array(runs);
    this.#handOver();
    for (let run = 0; run < runs; run++) {
      let last = performance.now();
      for (let i = 0; i < functions.length; i++) {
        functions[i]();
        const now = performance.now();
        times[i][run] = now - last;
        last = now;
      }
      idle[run] = performance.now() - last;
    }
    this.#takeBack();
    for (const storage of this.#written) storage.version++;
    const clock = idle.sort()[runs >> 1];
    return times.map((samples) => Math.max(0, samples.sort()[runs >> 1] - clock) * 1000);
  }

  /** Arrays over the program's memory, recreated when it has grown. */
  #currentViews(): Views {
    const { buffer } = heap().memory;
    if (this.#views?.buffer !== buffer) {
      this.#views = {
        buffer,
        arguments: Array.from(this.#arguments, (argument) => argument && this.#viewOf(argument)),
        hosts: this.#hosts.map(({ dtype, address }) => heap().view(dtype, address, 1)),
        results: this.#results.map((value) => this.#viewOf(value.buffer)),
        operands: new Map(),
      };
    }
    return this.#views;
  }

  #viewOf(buffer: GraphBuffer): TypedArray {
    const { addresses } = this.parts.layout;
    return heap().view(buffer.dtype, addresses.get(buffer) as number, buffer.size);
  }

  #imports(): WebAssembly.Imports {
    const fallback = (index: number) => this.#fallback(index);
    const parallel = (first: number, count: number) => this.#parallel(first, count);
    return { env: { memory: heap().memory, fallback, ...(this.#divisible && { parallel }) } };
  }

  #ready(instance: WebAssembly.Instance): void {
    if (this.#isDisposed) return;
    this.#exports = instance.exports as Exports;
    this.#step = this.#exports.step;
  }

  /** Passes the positions of the generators to the program. */
  #handOver(): void {
    for (const { engine } of this.#generators) engine.block.data[stateLength] = engine.used;
  }

  /** Reads the positions back. A program that knows a generator has drawn from it. */
  #takeBack(): void {
    for (const { engine } of this.#generators) engine.used = engine.block.data[stateLength];
  }

  /** Some parts of a task, in all threads. */
  #parallel(first: number, count: number): void {
    const parts = this.#exports;
    if (this.#divisible !== undefined && parts !== undefined) {
      threadPool()?.run(this.#divisible, parts, first, count);
    }
  }

  /** An op without a kernel: its reference, on arrays over the program's memory. */
  #fallback(index: number): void {
    const task = this.parts.tasks[index];
    const node = task.kind === "op" ? task.node : task.nodes[0];
    const { op, attrs, inputs, outputs } = node;
    const made = outputs.map(this.#array);
    for (const { data } of made) data.fill(0);
    const draws = generatorOf(node) !== undefined;
    if (draws) this.#takeBack();
    op.reference(inputs.map(this.#array), made, attrs as never);
    if (draws) this.#handOver();
  }

  readonly #array = (value: GraphValue): NdArray => {
    const { operands } = this.#currentViews();
    let array = operands.get(value);
    if (array === undefined) {
      const { shape, dtype } = value;
      array = { shape, dtype, data: this.#viewOf(value.buffer) };
      operands.set(value, array);
    }
    return array;
  };
}
