import { kernelOf } from "../ops/kernels.ts";
import { emitFusedGroup, type FunctionRef, type ModuleBuilder } from "../wasm/index.ts";
import type { GraphNode } from "./graph.ts";
import { fusedGroup } from "./group.ts";
import { heap, type Resident } from "./heap.ts";
import { whyNoKernel } from "./kernelChoice.ts";
import { type Layout, placed } from "./layout.ts";
import type { Task } from "./passes/fuse.ts";

/** The code of one task. */
export interface TaskCode {
  readonly ref: FunctionRef<readonly [], null>;
  /** Why the task calls a reference of the host instead of running code; undefined if it runs code. */
  readonly fallback?: string;
}

interface EmitContext {
  readonly module: ModuleBuilder;
  readonly layout: Layout;
  readonly fallback: FunctionRef<readonly ["i32"], null>;
  readonly fast: boolean;
}

/** Defines the function that performs a task. */
export function emitTask(task: Task, index: number, context: EmitContext): TaskCode {
  const { module, layout, fallback: host, fast } = context;
  const name = `${index}_${task.kind === "op" ? task.node.op.name : "group"}`;
  if (task.kind === "op") {
    const { op, attrs, inputs, outputs } = task.node;
    const kernel = kernelOf(op);
    const fallback = whyNoKernel(task.node);
    const ref = module.function(
      name,
      [],
      (f) => {
        if (fallback !== undefined || kernel.kind !== "kernel") f.call(host, index);
        else {
          const place = (value: GraphNode["inputs"][number]) => placed(value, layout);
          const scratch = layout.scratch;
          const reference = () => f.call(host, index);
          const resident = (block: Resident) => heap().adopt(block);
          kernel.emit({
            inputs: inputs.map(place),
            outputs: outputs.map(place),
            attrs,
            f,
            module,
            scratch,
            fast,
            reference,
            resident,
          });
        }
      },
      { exported: true },
    );
    return { ref, fallback };
  }
  const stored = task.outputs.map(({ buffer }) => buffer);
  const group = fusedGroup(task.nodes, stored, (value) => placed(value, layout));
  const ref = module.function(name, [], (f) => emitFusedGroup(group, f, module), { exported: true });
  return { ref };
}
