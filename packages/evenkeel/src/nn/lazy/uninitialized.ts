import { checkOptions, checkShape, type DType, refuseInStep, type Shape, wrongState } from "../../core/index.ts";
import { tensorChanges } from "../../tensor/changes.ts";
import { type Tensor, zeros } from "../../tensor/index.ts";
import type { Storage } from "../../tensor/storage.ts";
import { Buffer, Parameter } from "../module/parameter.ts";

export interface UninitializedOptions {
  /** The dtype that the values will have. Default float32. */
  readonly dtype?: DType | undefined;
  /** Whether gradients will be recorded. Default true; buffers have none. */
  readonly requiresGrad?: boolean | undefined;
}

/** A parameter or buffer whose shape is not known yet. */
type Uninitialized = UninitializedParameter | UninitializedBuffer;

/**
 * The parameter of a lazy layer before its first call: it has a dtype, and neither shape nor
 * values. `materialize` makes it a plain {@link Parameter}, the same object.
 * https://pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedParameter.html
 * @throws Error on any access to its shape
 */
export class UninitializedParameter extends Parameter {
  constructor(options: UninitializedOptions = {}) {
    checkOptions("UninitializedParameter", options, ["dtype", "requiresGrad"]);
    super(zeros([0], { dtype: options.dtype }), { requiresGrad: options.requiresGrad });
    hideShape(this);
  }

  /**
   * Makes zeros of this shape, and a {@link Parameter} of the object.
   * @throws RangeError if it is no shape
   */
  materialize(shape: Shape): void {
    materialize(this, shape, UninitializedParameter.prototype);
  }

  override convert(dtype: DType): void {
    convert(this, dtype);
  }

  override toString(): string {
    return "<UninitializedParameter>";
  }
}

/**
 * The buffer of a lazy layer before its first call, as {@link UninitializedParameter}.
 * https://pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedBuffer.html
 * @throws Error on any access to its shape
 */
export class UninitializedBuffer extends Buffer {
  constructor(options: Pick<UninitializedOptions, "dtype"> = {}) {
    checkOptions("UninitializedBuffer", options, ["dtype"]);
    super(zeros([0], { dtype: options.dtype }));
    hideShape(this);
  }

  /**
   * Makes zeros of this shape, and a {@link Buffer} of the object.
   * @throws RangeError if it is no shape
   */
  materialize(shape: Shape): void {
    materialize(this, shape, UninitializedBuffer.prototype);
  }

  override convert(dtype: DType): void {
    convert(this, dtype);
  }

  override toString(): string {
    return "<UninitializedBuffer>";
  }
}

export function isUninitialized(value: unknown): value is Uninitialized {
  return value instanceof UninitializedParameter || value instanceof UninitializedBuffer;
}

/** Another of the same dtype. */
export function uninitializedLike(tensor: Uninitialized): Uninitialized {
  const { dtype, requiresGrad } = tensor;
  if (tensor instanceof UninitializedBuffer) return new UninitializedBuffer({ dtype });
  return new UninitializedParameter({ dtype, requiresGrad });
}

const cure =
  "has no shape and no values yet: the first call of its lazy layer makes them; call the network once with a batch before";

type Writable = { -readonly [K in "storage" | "shape" | "dtype"]: Tensor[K] };

function hideShape(tensor: Uninitialized): void {
  Object.defineProperty(tensor, "shape", {
    get: () => {
      throw wrongState("", `${tensor} ${cure}`);
    },
    configurable: true,
  });
}

/** `prototype`: of the uninitialized class, above which the plain one stands. */
function materialize(tensor: Uninitialized, shape: Shape, prototype: object): void {
  checkShape(shape, "the shape", `${tensor}`);
  refuseInStep("the first call of a lazy layer", "call the network once before the step");
  const { storage } = zeros([...shape], { dtype: tensor.dtype });
  replace(tensor, { storage, dtype: tensor.dtype });
  Object.defineProperty(tensor, "shape", { value: [...shape], writable: true, enumerable: true, configurable: true });
  Object.setPrototypeOf(tensor, Object.getPrototypeOf(prototype));
}

/** Reverts a materialized tensor, for a first call that fails. */
export function unmaterialize(tensor: Tensor, prototype: object): void {
  Object.setPrototypeOf(tensor, prototype);
  replace(tensor, { storage: zeros([0], { dtype: tensor.dtype }).storage, dtype: tensor.dtype });
  hideShape(tensor as Uninitialized);
}

function convert(tensor: Uninitialized, dtype: DType): void {
  replace(tensor, { storage: zeros([0], { dtype }).storage, dtype });
}

function replace(tensor: Tensor, { storage, dtype }: { storage: Storage; dtype: DType }): void {
  const writable: Writable = tensor;
  writable.storage = storage;
  writable.dtype = dtype;
  tensorChanges.count++;
}
