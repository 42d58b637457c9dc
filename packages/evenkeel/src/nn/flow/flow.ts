import { type AnyOp, type Executor, refuse, setExecutor } from "../../core/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Storage } from "../../tensor/storage.ts";
import type { AnyModule, Module } from "../module/module.ts";

/** One operation that ran. */
export interface OpCall {
  readonly op: AnyOp;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attrs: unknown;
  /** The innermost module that it ran in, and the path of that module. */
  readonly path: string;
  readonly module: Module;
}

/** One call of a module, pre-hooks and hooks of others included. */
export interface ModuleCall {
  readonly path: string;
  readonly module: Module;
  readonly inputs: readonly unknown[];
  readonly output: unknown;
}

/**
 * The data flow of a run of a model: every dispatched operation, with the module that it ran in. It
 * covers custom modules and functions such as `F.relu` too, without guesses.
 */
export class Flow {
  /** In the order in which they began. */
  readonly ops: readonly OpCall[];
  /** In the order in which they ended. */
  readonly calls: readonly ModuleCall[];
  readonly #makers = new Map<Tensor, OpCall>();
  readonly #readers = new Map<Tensor, OpCall[]>();
  readonly #written = new Set<Storage>();

  constructor(ops: readonly OpCall[], calls: readonly ModuleCall[]) {
    this.ops = ops;
    this.calls = calls;
    for (const call of ops) {
      for (const output of call.outputs) this.#makers.set(output, call);
      for (const input of new Set(call.inputs)) this.readersOf(input).push(call);
      for (const index of call.op.writes) this.#written.add(call.inputs[index].storage);
    }
  }

  /** The operation that made a tensor; undefined for inputs, parameters and buffers. */
  makerOf(tensor: Tensor): OpCall | undefined {
    return this.#makers.get(tensor);
  }

  /** The operations that read a tensor, each once. */
  readersOf(tensor: Tensor): OpCall[] {
    const known = this.#readers.get(tensor);
    if (known !== undefined) return known;
    const readers: OpCall[] = [];
    this.#readers.set(tensor, readers);
    return readers;
  }

  /** Whether an operation wrote into the memory of a tensor. */
  isWritten(tensor: Tensor): boolean {
    return this.#written.has(tensor.storage);
  }

  callsOf(module: AnyModule): ModuleCall[] {
    return this.calls.filter((call) => call.module === module);
  }
}

/**
 * Runs `use`, which calls the model, and returns the data flow. Its hooks are removed afterwards.
 */
export function recordFlow(model: AnyModule, use: () => void): Flow {
  const ops: OpCall[] = [];
  const calls: ModuleCall[] = [];
  const paths = new Map(model.namedModules().map(([path, module]) => [module, path]));
  const running: Module[] = [];
  const removers = [...paths.keys()].flatMap((module) => [
    module.registerForwardPreHook((self) => void running.push(self)),
    module.registerForwardHook((self, inputs, output) => {
      running.pop();
      calls.push({ path: paths.get(self) ?? "", module: self, inputs, output });
    }),
  ]);
  const restore = watchDoor((op, inputs, outputs, attrs) => {
    const module = running.at(-1) ?? (model as unknown as Module);
    ops.push({ op, inputs, outputs, attrs, module, path: paths.get(module) ?? "" });
  });
  try {
    use();
  } finally {
    restore();
    for (const remove of removers) remove();
  }
  return new Flow(ops, calls);
}

type Seen = (op: AnyOp, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: unknown) => void;

/** Reports every operation from now on; the returned function ends it. */
function watchDoor(seen: Seen): () => void {
  const unset: Pick<Executor, "run"> = {
    run: () => {
      throw refuse("internal", "", "no executor is set");
    },
  };
  const inner = setExecutor(unset as Executor) as Executor;
  setExecutor({
    constant: (value, dtype) => inner.constant(value, dtype),
    literal: (data, spec) => inner.literal(data, spec),
    hostScalar: (read, of, key) => inner.hostScalar(read, of, key),
    guard: (object, keys) => inner.guard?.(object, keys),
    refuse: (what, cure) => inner.refuse?.(what, cure),
    run(op, inputs, attrs) {
      const outputs = inner.run(op, inputs, attrs);
      seen(op, inputs as readonly Tensor[], outputs as readonly Tensor[], attrs);
      return outputs;
    },
  });
  return () => void setExecutor(inner);
}
