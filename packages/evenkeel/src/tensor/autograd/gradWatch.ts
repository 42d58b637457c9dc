import type { Tensor } from "../tensor.ts";

/**
 * Observes every use of `.grad` while a step is traced, where that field is state like any other.
 */
export interface GradWatch {
  read(tensor: Tensor, grad: Tensor | null): void;
  /** Called before the field changes, with its old value. */
  written(tensor: Tensor, grad: Tensor | null): void;
}

/** @internal */
export const gradWatch: { current: GradWatch | null } = { current: null };
