import { type AnyOp, type DType, type Executor, type Spec, setExecutor, sizeOf } from "../core/index.ts";
import { type Backend, gradWatch, recordingExecutor, Storage, Tensor } from "../tensor/index.ts";
import { type GradField, GradFields } from "./gradFields.ts";
import { type Graph, type GraphBuffer, type GraphNode, type GraphValue, type Source, viewOf } from "./graph.ts";
import { Guards } from "./guards.ts";
import { leavesOf, mapLeaves, type Tree } from "./tree.ts";

/** What a trace of a step gives. */
export interface Trace {
  readonly graph: Graph;
  /** The tree that the step returned; its tensors are `graph.results`, in order. */
  readonly returned: Tree;
  readonly guards: Guards;
  readonly gradFields: readonly GradField[];
}

/** Stands where the data of a traced value would be: it has none yet. */
class TracedStorage extends Storage {
  constructor() {
    super(new Uint8Array(0));
    Object.defineProperty(this, "data", {
      get() {
        throw new Error(
          "compile: the value of a tensor is read (item(), toArray(), data, printing) while the step is traced, when there is " +
            "none yet; return the tensor from the step and read it there, or give { compile: false } to look inside",
        );
      },
    });
  }
}

/** The tracer that is at work, if any: a compiled step called inside another becomes part of it. */
let tracing = false;

export const isTracing = (): boolean => tracing;

/**
 * Runs a step once with tensors that have no data, and writes down what it does. Nothing is computed; gradient fields are
 * as they were, afterwards and if it fails.
 */
export function trace(step: (...args: never[]) => Tree, args: readonly Tree[]): Trace {
  const tracer = new Tracer();
  const traced = tracer.bind(args);
  const previousWatch = gradWatch.current;
  const previous = setExecutor(tracer.executor) as Executor;
  gradWatch.current = tracer.gradFields;
  tracing = true;
  try {
    const returned = step(...(traced as never[]));
    if (returned instanceof Promise) {
      throw new TypeError("compile: the step is asynchronous; compile the synchronous part, and await around it");
    }
    const results = leavesOf(returned).map((tensor) => tracer.viewOf(tensor));
    const gradFields = tracer.gradFields.finish((tensor) => tracer.viewOf(tensor));
    return { graph: { nodes: tracer.nodes, results }, returned, guards: tracer.guards, gradFields };
  } finally {
    tracing = false;
    gradWatch.current = previousWatch;
    tracer.gradFields.restore();
    setExecutor(previous);
  }
}

class Tracer implements Backend {
  readonly nodes: GraphNode[] = [];
  readonly guards = new Guards();
  readonly gradFields = new GradFields(
    (storage) => this.#buffers.get(storage)?.source.kind !== "state" && this.#buffers.has(storage),
  );
  readonly executor: Executor;
  readonly #buffers = new Map<Storage, GraphBuffer>();

  constructor() {
    const make = (storage: Storage, { shape, dtype }: Spec) => new Tensor(storage, shape, dtype);
    this.executor = recordingExecutor(make, this);
  }

  /** The arguments with traced tensors in place of real ones. */
  bind(args: readonly Tree[]): Tree[] {
    let index = 0;
    return args.map((tree) =>
      mapLeaves(tree, ({ shape, dtype, requiresGrad }) => {
        const storage = this.#place({ shape, dtype }, { kind: "argument", index: index++ });
        return new Tensor(storage, shape, dtype, requiresGrad);
      }),
    );
  }

  storage(spec: Spec): Storage {
    return this.#place(spec, { kind: "temporary" });
  }

  constant(value: number, dtype: DType): Storage {
    return this.#place({ shape: [], dtype }, { kind: "constant", value });
  }

  hostScalar(read: () => number, of: object, key: string): Storage {
    return this.#place({ shape: [], dtype: "float64" }, { kind: "host", read, of, key });
  }

  meet(object: object, keys?: readonly string[]): void {
    this.guards.meet(object, keys);
  }

  perform(op: AnyOp, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: unknown): void {
    const values = inputs.map((input) => this.viewOf(input));
    for (const index of op.writes) {
      if (values[index].buffer.source.kind !== "argument") continue;
      throw new Error(
        `compile: ${op.name} writes into an argument of the step, of which a program gets a copy: the caller would not see it; ` +
          "write into a clone() and return that, or refer to the tensor from the function itself",
      );
    }
    this.nodes.push({ op, attrs, inputs: values, outputs: outputs.map((output) => this.viewOf(output)) });
  }

  /** A tensor the trace did not make is state: referred to, whatever it holds when the program runs. */
  viewOf(tensor: Tensor): GraphValue {
    let buffer = this.#buffers.get(tensor.storage);
    if (buffer === undefined) {
      const { storage, dtype, size } = tensor;
      buffer = { dtype, size, source: { kind: "state", storage } };
      this.#buffers.set(storage, buffer);
      this.guards.hold(tensor);
    }
    return viewOf(buffer, tensor.shape);
  }

  #place(spec: Spec, source: Source): Storage {
    const storage = new TracedStorage();
    this.#buffers.set(storage, { dtype: spec.dtype, size: sizeOf(spec.shape), source });
    return storage;
  }
}
