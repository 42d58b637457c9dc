import { checkOptions, type DType, isFloat, refuseGiven, refuseInStep } from "../../core/index.ts";
import { tensorChanges } from "../../tensor/changes.ts";
import { Tensor } from "../../tensor/index.ts";
import type { Storage } from "../../tensor/storage.ts";

export interface ParameterOptions {
  /** Whether gradients are recorded; false freezes the parameter. */
  readonly requiresGrad?: boolean | undefined;
}

/**
 * A tensor that training changes. As a field of a Module it is found by `parameters()` and kept in
 * the state dict. It shares the memory of `data`.
 * https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 *
 * @throws TypeError if `data` is no Tensor, or is of a whole-number dtype and is to require a
 *   gradient
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, options: ParameterOptions = {}) {
    checkTensor("Parameter", data);
    checkOptions("Parameter", options, ["requiresGrad"]);
    super(data.storage, data.shape, data.dtype, options.requiresGrad ?? true);
  }

  /**
   * Changes the dtype of the values and of their gradient; the parameter stays the same object. See
   * `Module.to`.
   */
  convert(dtype: DType): void {
    convertInPlace(this, dtype);
    if (this.grad !== null) this.grad = this.grad.detach().to(dtype);
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

export interface BufferOptions {
  /** Whether the state dict holds the buffer. */
  readonly persistent?: boolean | undefined;
  /**
   * Whether `Module.to` leaves the dtype alone: for counters, which are float64 only because there
   * is no int64.
   */
  readonly keepDtype?: boolean | undefined;
}

/**
 * A tensor that belongs to the state of a Module without being trained, such as a running mean. As
 * a field of a Module it is found by `buffers()`. It shares the memory of `data`.
 * https://pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
 *
 * @throws TypeError if `data` is no Tensor
 */
export class Buffer extends Tensor {
  readonly persistent: boolean;
  readonly keepDtype: boolean;

  constructor(data: Tensor, options: BufferOptions = {}) {
    checkTensor("Buffer", data);
    checkOptions("Buffer", options, ["persistent", "keepDtype"]);
    const { persistent = true, keepDtype = false } = options;
    super(data.storage, data.shape, data.dtype, false);
    this.persistent = persistent;
    this.keepDtype = keepDtype;
  }

  /**
   * Changes the dtype of the values, if they are floating-point and no counter. See `Module.to`.
   */
  convert(dtype: DType): void {
    if (!this.keepDtype && isFloat(this.dtype)) convertInPlace(this, dtype);
  }
}

/**
 * PyTorch's `tensor.data = tensor.data.to(dtype)`: holders of the tensor, such as an optimizer,
 * keep a valid reference.
 */
function convertInPlace(tensor: Tensor, dtype: DType): void {
  if (tensor.dtype === dtype) return;
  refuseInStep("converting a module to another dtype", "convert it before the step");
  const { storage } = tensor.detach().to(dtype);
  // A graph that saved the old values must not go on with these.
  storage.version = tensor.version + 1;
  const writable: { storage: Storage; dtype: DType } = tensor;
  writable.storage = storage;
  writable.dtype = dtype;
  tensorChanges.count++;
}

function checkTensor(what: string, data: unknown): void {
  if (data instanceof Tensor) return;
  throw refuseGiven(
    "wrong-type",
    "",
    `${what} takes a Tensor`,
    data,
    "make one with tensor(...), zeros(...) or randn(...)",
  );
}
