import type { TypedArray } from "../../core/index.ts";
import { kernelOf } from "../../ops/kernels.ts";
import {
  type Divide,
  emitFusedGroup,
  type FunctionBuilder,
  type FunctionRef,
  type Kernel,
  type ModuleBuilder,
} from "../../wasm/index.ts";
import type { GraphNode } from "../graph.ts";
import { fusedGroup } from "../group.ts";
import { heap } from "../memory/heap.ts";
import { type Layout, nodesOf, placed } from "../memory/layout.ts";
import type { Task } from "../passes/fuse.ts";
import { emitDivided } from "./emitDivided.ts";
import { type Call, emitJoined } from "./emitJoined.ts";
import { whyNoKernel } from "./kernelChoice.ts";

/** The code of one task. */
export interface TaskCode {
  readonly ref: FunctionRef<readonly [], null>;
  /** The reason why the task calls a reference on the host; undefined if it runs code. */
  readonly fallback?: string | undefined;
  /** Whether it calls the host, which may refuse values: a class or an index out of range. */
  readonly mayThrow: boolean;
}

interface EmitContext {
  readonly module: ModuleBuilder;
  readonly layout: Layout;
  readonly fallback: FunctionRef<readonly ["i32"], null>;
  /** How large tasks are divided among threads; undefined if there is one. */
  readonly divide: Divide | undefined;
  readonly fast: boolean;
}

/** Defines the function that performs a task. */
export function emitTask(task: Task, index: number, context: EmitContext): TaskCode {
  const { module, layout } = context;
  const [{ op }] = nodesOf(task);
  const define = (write: (f: FunctionBuilder) => void) => {
    const name = task.kind === "group" ? "group" : op.name;
    return module.function(`${index}_${name}`, [], write, { exported: true });
  };
  if (task.kind === "group") {
    const stored = task.outputs.map(({ buffer }) => buffer);
    const group = fusedGroup(task.nodes, stored, (value) => placed(value, layout));
    return { ref: define((f) => emitFusedGroup(group, f, module, context.divide)), mayThrow: false };
  }
  let mayThrow = false;
  const reference = (f: FunctionBuilder) => {
    mayThrow = true;
    f.call(context.fallback, index);
  };
  const kernel = kernelOf(op) as Kernel<unknown>;
  const callWith = (f: FunctionBuilder, call: Call) => ({
    ...call,
    ...{ f, module, scratch: layout.scratch, fast: context.fast, divide: context.divide },
    reference: () => reference(f),
    resident: (block: { data: TypedArray }) => heap().adopt(block),
  });
  const emitWhole = (f: FunctionBuilder, call: Call) => kernel.emit(callWith(f, call));
  const joins = kernel.joins?.(nodesOf(task)[0].inputs);
  const emitCall = (f: FunctionBuilder, call: Call) => {
    const dividing = { divide: context.divide, scratch: layout.scratch };
    if (joins === undefined || !emitDivided(f, joins, call, dividing, emitWhole)) emitWhole(f, call);
  };
  const callOf = ({ inputs, outputs, attrs }: GraphNode): Call => ({
    inputs: inputs.map((value) => placed(value, layout)),
    outputs: outputs.map((value) => placed(value, layout)),
    attrs,
  });
  if (task.kind === "joined") {
    const calls = task.nodes.map(callOf);
    return { ref: define((f) => emitJoined(f, module, task.joins, calls, emitCall)), mayThrow };
  }
  const fallback = whyNoKernel(task.node);
  const ref = define((f) => (fallback === undefined ? emitCall(f, callOf(task.node)) : reference(f)));
  return { ref, fallback, mayThrow };
}
