import { type Compiled, compile, type Tensor } from "evenkeel";

/**
 * A compiled step of the page. What its function closes over never changes, so it is not traced
 * again to see whether it has: that took longer than a hundred steps. Guards still see the settings
 * of modules and optimizers. Whoever makes one disposes of it: a slider makes many, and a collector
 * of garbage does not see how much memory they hold.
 */
export function program<Args extends Tensor[], Result>(step: (...args: Args) => Result): Compiled<Args, Result> {
  return compile<Args, Result>(step, { check: "never" });
}
