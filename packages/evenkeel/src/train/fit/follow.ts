/**
 * Runs a training to its end: calls `call` with each event and awaits its result, and awaits the
 * training's pauses.
 * @throws errors of the training and of `call`; the modes of the network are then restored
 */
export async function follow<E, R>(
  events: Generator<E | Promise<void>, R, undefined>,
  call: (event: E) => unknown,
): Promise<R> {
  try {
    for (;;) {
      const item = events.next();
      if (item.done) return item.value;
      const waits = item.value instanceof Promise ? item.value : call(item.value);
      if (waits !== undefined) await waits;
    }
  } finally {
    events.return(undefined as never);
  }
}
