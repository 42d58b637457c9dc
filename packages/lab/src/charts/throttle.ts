/** What {@link throttle} makes. */
export interface Throttled<T> {
  (value: T): void;
  /** Forgets a value that waits. */
  cancel(): void;
}

/** Passes on at most one value in so many milliseconds: the first at once, and of the others the latest. */
export function throttle<T>(milliseconds: number, pass: (value: T) => void): Throttled<T> {
  let waiting: { value: T } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wake = () => {
    timer = undefined;
    if (waiting === undefined) return;
    const { value } = waiting;
    waiting = undefined;
    timer = setTimeout(wake, milliseconds);
    pass(value);
  };
  const throttled = (value: T) => {
    waiting = { value };
    if (timer === undefined) wake();
  };
  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
  };
  return Object.assign(throttled, { cancel });
}
