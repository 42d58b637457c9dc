import { compile, type Tensor } from "evenkeel";

/**
 * A compiled step of the page. What its function closes over never changes, so it is not traced
 * again to see whether it has: that took longer than a hundred steps. Guards still see the settings
 * of modules and optimizers.
 */
export function program<Args extends Tensor[], Result>(step: (...args: Args) => Result): (...args: Args) => Result {
  return compile<Args, Result>(step, { check: "never" });
}
