import {
  type AnyOp,
  allocate,
  type DType,
  type Executor,
  isDifferentiable,
  type Spec,
  type TypedArray,
} from "../core/index.ts";
import { record } from "./autograd/autogradNode.ts";
import { isGradEnabled } from "./autograd/gradMode.ts";
import { Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** Makes a tensor from a storage; the class cannot be imported here. */
type MakeTensor = (storage: Storage, spec: Spec) => Tensor;

/**
 * The part of an executor that runs an op after its shapes are checked: computes it, or records it
 * in a graph.
 */
export interface Backend extends Pick<Executor, "guard" | "refuse"> {
  /** Memory for an output. */
  storage(spec: Spec): Storage;
  /**
   * Computes the outputs, or records the computation. The caller counts the versions of written
   * inputs.
   */
  perform(op: AnyOp, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: unknown): void;
  /** Called for a tensor when another one is made that shares its memory. */
  share?(tensor: Tensor): void;
  constant(value: number, dtype: DType): Storage;
  literal(data: TypedArray, spec: Spec): Storage;
  hostScalar(read: () => number, of: object, key: string): Storage;
}

/** An executor that records a tape entry if a gradient is needed, independently of the backend. */
export function recordingExecutor(make: MakeTensor, backend: Backend): Executor {
  return {
    constant: (value, dtype) => make(backend.constant(value, dtype), { shape: [], dtype }),
    hostScalar: (read, of, key) => make(backend.hostScalar(read, of, key), { shape: [], dtype: "float64" }),
    literal: (data, spec) => make(backend.literal(data, spec), spec),
    ...(backend.guard && { guard: backend.guard.bind(backend) }),
    ...(backend.refuse && { refuse: backend.refuse.bind(backend) }),
    run(op, values, attrs) {
      const inputs = values as readonly Tensor[];
      const specs = op.shape(inputs, attrs);
      const records = isGradEnabled() && isDifferentiable(op) && inputs.some((input) => input.requiresGrad);
      if (records && typeof op.grad === "object" && op.grad.kind === "unfused") return op.grad.compose(inputs, attrs);
      const outputs = specs.map((spec) => make(op.aliases ? shared(op, inputs) : backend.storage(spec), spec));
      if (op.aliases) backend.share?.(inputs[0]);
      else backend.perform(op, inputs, outputs, attrs);
      for (const index of op.writes) inputs[index].storage.version++;
      if (records) record(op, attrs, inputs, outputs);
      return outputs;
    },
  };
}

/** Functions that do what the references of their ops do, to the same bits, but faster. */
export type FasterReferences = ReadonlyMap<AnyOp, AnyOp["reference"]>;

let faster: FasterReferences | undefined;

/**
 * Has eager execution call these functions instead of the references. They are set by code that
 * ships the assembler anyway: a page that only runs eagerly has none.
 */
export function useFasterReferences(functions: FasterReferences | undefined): void {
  faster = functions;
}

/** Runs every op immediately, by its reference, on garbage-collected arrays. */
export const eagerBackend: Backend = {
  storage: Storage.zeros,
  perform: (op, inputs, outputs, attrs) => (faster?.get(op) ?? op.reference)(inputs, outputs, attrs),
  constant: scalar,
  literal: (data) => new Storage(data),
  hostScalar: (read) => scalar(read(), "float64"),
};

function scalar(value: number, dtype: DType): Storage {
  const data = allocate(dtype, 1);
  data[0] = value;
  return new Storage(data);
}

function shared(op: AnyOp, inputs: readonly Tensor[]): Storage {
  const { storage } = inputs[0];
  // A detached alias has no history that a later write could invalidate; a recorded view has.
  if (isDifferentiable(op)) storage.hasViews = true;
  return storage;
}
