import { refuse } from "../../core/index.ts";

let enabled = true;

/** Whether operations on tensors that require a gradient are recorded. */
export function isGradEnabled(): boolean {
  return enabled;
}

/**
 * Runs `fn` without recording: results require no gradient. Calls nest; the mode ends with `fn`,
 * even if it throws. https://pytorch.org/docs/stable/generated/torch.no_grad.html
 * @throws TypeError if `fn` is asynchronous: recording would be back on when its promise continues
 */
export function noGrad<T>(fn: () => T): T {
  return withGradMode("noGrad", false, fn);
}

/**
 * Runs `fn` with recording on, inside {@link noGrad}.
 * https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export function enableGrad<T>(fn: () => T): T {
  return withGradMode("enableGrad", true, fn);
}

function withGradMode<T>(caller: string, mode: boolean, fn: () => T): T {
  if (typeof fn !== "function")
    throw refuse("wrong-type", "", `${caller} expects a function: ${caller}(() => model(x))`);
  const previous = enabled;
  enabled = mode;
  try {
    const result = fn();
    if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
      throw refuse(
        "wrong-type",
        caller,
        "the function returned a promise, but the mode ends when it returns",
        `call ${caller} around the synchronous parts`,
      );
    }
    return result;
  } finally {
    enabled = previous;
  }
}
