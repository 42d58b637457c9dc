import {
  type AnyOp,
  type DType,
  type Executor,
  isPlainObject,
  refuse,
  type Spec,
  setExecutor,
  sizeOf,
  type TypedArray,
} from "../../core/index.ts";
import { literal } from "../../ops/index.ts";
import { gradWatch } from "../../tensor/autograd/gradWatch.ts";
import { type Backend, recordingExecutor } from "../../tensor/eager.ts";
import { Tensor } from "../../tensor/index.ts";
import { Storage } from "../../tensor/storage.ts";
import { tensorsIn } from "../../tensor/tensorsIn.ts";
import { type Graph, type GraphBuffer, type GraphNode, type GraphValue, type Source, viewOf } from "../graph.ts";
import { bringsGrad, mapLeaves } from "../tree.ts";
import { Guards } from "../variants/guards.ts";
import { changeOfArguments, type LateRead, lateReadsOf } from "./given.ts";
import { type ArgumentGrad, type GradField, GradFields } from "./gradFields.ts";
import { HostNumbers } from "./hostNumbers.ts";

/** The result of tracing a step. */
export interface Trace {
  readonly graph: Graph;
  /** The tree that the step returned; its tensors are the first of `graph.results`, in order. */
  readonly returned: unknown;
  readonly guards: Guards;
  readonly gradFields: readonly GradField[];
  /** The gradients of arguments, which are the last of `graph.results`. */
  readonly argumentGrads: readonly ArgumentGrad[];
  readonly lateReads: readonly LateRead[];
}

/** The storage of a traced value, which has no data. */
class TracedStorage extends Storage {
  readonly #tracer: Tracer;

  static {
    // On the prototype: an object that turns a field into an accessor becomes a slow one, and there
    // are hundreds in a trace.
    Object.defineProperty(TracedStorage.prototype, "data", {
      get(this: TracedStorage) {
        throw refuse("not-supported", "", this.#tracer.isDone ? keptTensor : readTensor);
      },
      // The constructor of Storage assigns the field.
      set(this: TracedStorage) {
        if (#tracer in this) throw refuse("internal", "compile", "a traced tensor was given data");
      },
    });
  }

  constructor(tracer: Tracer) {
    super(noData);
    this.#tracer = tracer;
  }

  override get isKnown(): boolean {
    return false;
  }
}

const noData = /* @__PURE__ */ new Uint8Array(0);

const readTensor =
  "compile: the value of a tensor is read (item(), toArray(), data, printing) while the step is traced, when there is " +
  "none yet; return the tensor from the step and read it there, or give { compile: false } to look inside";

const keptTensor =
  "compile: this tensor was made while a step was traced, and has no value outside of it: the step kept it, in a list, a " +
  "variable or a field; return it from the step instead, or keep state in a Buffer and write it with copy_()";

const isTraced = (value: unknown): value is Tensor => value instanceof Tensor && value.storage instanceof TracedStorage;

/** The active tracer, if any: a compiled step called inside another becomes part of it. */
let tracing = false;

export const isTracing = (): boolean => tracing;

/**
 * Runs a step once with tensors that have no data, and records its operations. Nothing is computed;
 * gradient fields are restored, even if it fails.
 * @param earlier an earlier graph of the step, if there is one
 */
export function trace(step: (...args: never[]) => unknown, args: readonly unknown[], earlier?: Graph): Trace {
  const tracer = new Tracer(new HostNumbers(earlier));
  const traced = tracer.bind(args);
  const asGiven = traced.map((tree) => mapLeaves(tree, (tensor) => tensor));
  const previousWatch = gradWatch.current;
  const previous = setExecutor(tracer.executor) as Executor;
  gradWatch.current = tracer.gradFields;
  tracing = true;
  let written: Trace;
  let leaks: readonly string[];
  let set: readonly string[];
  try {
    const returned = step(...(traced as never[]));
    if (returned instanceof Promise) {
      throw refuse(
        "wrong-type",
        "compile",
        "the step is asynchronous",
        "compile the synchronous part, and await around it",
      );
    }
    const changed = changeOfArguments(asGiven, traced);
    if (changed !== undefined) {
      throw refuse(
        "not-supported",
        "compile",
        `the step changes ${changed}, which would happen when it is traced, not at every run`,
        "return what is to be kept",
      );
    }
    const results = tensorsIn(returned).map((tensor) => tracer.viewOf(tensor));
    const { gradFields, argumentGrads } = tracer.gradFields.finish((tensor) => tracer.viewOf(tensor));
    for (const { grad } of argumentGrads) if (grad !== null) results.push(grad);
    const graph = { nodes: tracer.nodes, results };
    written = { graph, returned, guards: tracer.guards, gradFields, argumentGrads, lateReads: lateReadsOf(graph) };
  } finally {
    tracing = false;
    tracer.finish();
    gradWatch.current = previousWatch;
    tracer.gradFields.restore();
    setExecutor(previous);
    leaks = putBack(tracer.guards);
    set = tracer.hosts.restore();
  }
  if (set.length > 0) {
    throw refuse(
      "not-supported",
      "compile",
      `the step sets ${set.join(", ")} of an optimizer, which would happen when it is traced, not at every run`,
      "set it between two steps, as schedulers do",
    );
  }
  if (leaks.length === 0) return written;
  throw refuse(
    "not-supported",
    "compile",
    `the step keeps a tensor in ${leaks.join(", ")}, which has no value outside of the step. State ` +
      "is a Buffer that the step writes in place, as this.mean.copy_(...)",
    "what is to be looked at is returned from the step; or give { compile: false }",
  );
}

/** A copy, because the caller may change lists and options later. */
function copyOf(attrs: unknown): unknown {
  if (Array.isArray(attrs)) return attrs.map(copyOf);
  if (!isPlainObject(attrs)) return attrs;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(attrs)) copy[key] = copyOf((attrs as Record<string, unknown>)[key]);
  return copy;
}

/**
 * Restores fields that hold a traced tensor, because every later use would throw. Returns their
 * names.
 */
function putBack(guards: Guards): string[] {
  return guards.leaks(isTraced).map(({ field, restore }) => {
    restore();
    return field;
  });
}

class Tracer implements Backend {
  readonly nodes: GraphNode[] = [];
  isDone = false;
  readonly guards = new Guards();
  readonly gradFields = new GradFields(
    (storage) => this.#buffers.get(storage)?.source,
    (tensor) => this.#arguments.get(tensor),
    (tensor) => this.#views.has(tensor),
  );
  readonly executor: Executor;
  readonly hosts: HostNumbers;
  readonly #buffers = new Map<Storage, GraphBuffer>();
  readonly #versions = new Map<Storage, number>();
  readonly #arguments = new Map<Tensor, number>();
  /** Views of state that the step makes; they are valid during the trace only. */
  readonly #views = new Set<Tensor>();

  constructor(hosts: HostNumbers) {
    this.hosts = hosts;
    const make = (storage: Storage, { shape, dtype }: Spec) => {
      const tensor = new Tensor(storage, shape, dtype);
      if (!(storage instanceof TracedStorage)) this.#views.add(tensor);
      return tensor;
    };
    this.executor = recordingExecutor(make, this);
  }

  /**
   * The arguments with traced tensors in place of real ones, followed by the gradients that they
   * have. A tensor that requires a gradient and is given twice becomes one traced tensor, and keeps
   * its hooks.
   */
  bind(args: readonly unknown[]): unknown[] {
    const place = ({ shape, dtype }: Spec, index: number) => this.#place({ shape, dtype }, { kind: "argument", index });
    const differentiable = new Map<Tensor, Tensor>();
    let index = 0;
    const bound = args.map((tree) =>
      mapLeaves(tree, (real) => {
        const copy = differentiable.get(real);
        if (copy !== undefined) {
          index++;
          return copy;
        }
        const argument = new Tensor(place(real, index), real.shape, real.dtype, real.requiresGrad);
        argument.hooks.push(...real.hooks);
        this.#arguments.set(argument, index++);
        if (real.requiresGrad) differentiable.set(real, argument);
        return argument;
      }),
    );
    const traced = tensorsIn(bound);
    for (const [i, real] of tensorsIn(args).entries()) {
      if (!bringsGrad(real)) continue;
      const { grad } = real;
      traced[i].grad = new Tensor(place(grad, index++), grad.shape, grad.dtype);
    }
    return bound;
  }

  storage(spec: Spec): Storage {
    return this.#place(spec, { kind: "temporary" });
  }

  constant(value: number, dtype: DType): Storage {
    return this.#place({ shape: [], dtype }, { kind: "constant", value });
  }

  literal(data: TypedArray, spec: Spec): Storage {
    const storage = this.#place(spec, { kind: "temporary" });
    const buffer = this.#buffers.get(storage) as GraphBuffer;
    const attrs = { ...spec, block: { data } };
    this.nodes.push({ op: literal, attrs, inputs: [], outputs: [viewOf(buffer, spec.shape)] });
    return storage;
  }

  hostScalar(read: () => number, of: object, key: string): Storage {
    const source = { kind: "host", read, of, key } as const;
    this.hosts.note(source);
    return this.#place({ shape: [], dtype: "float64" }, source);
  }

  guard(object: object, keys?: readonly string[]): void {
    this.guards.add(object, keys);
  }

  refuse(what: string, cure: string): void {
    throw refuse(
      "not-supported",
      "compile",
      `${what} within a compiled step would happen when it is traced, not at every run`,
      cure,
    );
  }

  perform(op: AnyOp, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: unknown): void {
    const values = inputs.map((input) => this.viewOf(input));
    for (const index of op.writes) {
      if (values[index].buffer.source.kind !== "argument") continue;
      throw refuse(
        "not-supported",
        "compile",
        `${op.name} writes into an argument of the step, of which a program gets a copy: the caller would not see it`,
        "write into a clone() and return that, or refer to the tensor from the function itself",
      );
    }
    this.nodes.push({
      op,
      attrs: copyOf(attrs),
      inputs: values,
      outputs: outputs.map((output) => this.viewOf(output)),
    });
  }

  share(tensor: Tensor): void {
    this.viewOf(tensor);
  }

  /** Restores the versions: nothing was written. */
  finish(): void {
    this.isDone = true;
    for (const [storage, version] of this.#versions) storage.version = version;
  }

  /** A tensor that the trace did not make is state: the program refers to its memory. */
  viewOf(tensor: Tensor): GraphValue {
    let buffer = this.#buffers.get(tensor.storage);
    if (buffer === undefined) {
      const { storage, dtype } = tensor;
      if (storage instanceof TracedStorage) throw refuse("not-supported", "", keptTensor);
      buffer = { dtype, size: storage.data.length, source: { kind: "state", storage } };
      this.#buffers.set(storage, buffer);
      this.#versions.set(storage, storage.version);
    }
    if (buffer.source.kind === "state" && !this.#views.has(tensor)) this.guards.hold(tensor);
    return viewOf(buffer, tensor.shape);
  }

  #place(spec: Spec, source: Source): Storage {
    const storage = new TracedStorage(this);
    this.#buffers.set(storage, { dtype: spec.dtype, size: sizeOf(spec.shape), source });
    return storage;
  }
}
