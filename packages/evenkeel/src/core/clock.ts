/** What of Node is read; browsers have nothing of it. */
interface Host {
  readonly process?: { readonly hrtime?: () => [seconds: number, nanoseconds: number] };
}

/**
 * Milliseconds since some moment in the past, by a clock that is never set back. Where Node has its
 * own, that one: it loads a module when `performance` is first read, which takes 2 ms.
 */
export function now(): number {
  const time = (globalThis as Host).process?.hrtime?.();
  return time === undefined ? performance.now() : time[0] * 1000 + time[1] / 1e6;
}
