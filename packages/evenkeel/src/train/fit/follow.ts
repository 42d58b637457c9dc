/**
 * Follows a training to its end: hands its events out and awaits what `call` answers, and its
 * pauses.
 * @throws what the training or `call` throws; the modes of the network are then as they were
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
