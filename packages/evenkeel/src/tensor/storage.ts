import { allocate, type Spec, sizeOf, type TypedArray } from "../core/index.ts";

/**
 * The memory of one tensor, or of several that share it: a reshape, a detached alias, a parameter.
 */
export class Storage {
  /**
   * @internal Replaced, with the same contents, when a compiled program takes the memory over or
   *   that memory grows. Assigned, not defined: a storage without data has an accessor of this name.
   */
  declare data: TypedArray;
  /** Counts in-place writes, so that backward can refuse a saved value that has changed since. */
  version = 0;
  /** Whether a compiled step returned it: values without the history that they had in the step. */
  isResult = false;
  /**
   * Whether a reshape shares it: a recorded in-place write would invalidate that view's history.
   */
  hasViews = false;

  constructor(data: TypedArray) {
    this.data = data;
  }

  /** Whether there are values: not while a step is traced. */
  get isKnown(): boolean {
    return true;
  }

  /** Zeros, created immediately even while a step is traced: the initial value of state. */
  static zeros({ shape, dtype }: Spec): Storage {
    return new Storage(allocate(dtype, sizeOf(shape), shape));
  }
}
