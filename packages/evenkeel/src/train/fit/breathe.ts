/** Node's, which browsers lack: making a channel takes several times as long. */
const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/**
 * One turn of the event loop. Unlike `setTimeout(0)` it costs microseconds, in Node and in
 * browsers.
 */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate !== undefined) {
      setImmediate(resolve);
      return;
    }
    // A new channel every time, because messages to one that is being emptied come in the same turn.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Returns a function to call often. After `interval` milliseconds of work since the last pause, it
 * returns a promise that lets timers, signals and the screen have a turn; otherwise it returns
 * undefined.
 */
export function breather(interval: number): () => Promise<void> | undefined {
  let last = performance.now();
  const pause = async () => {
    await eventLoopTurn();
    last = performance.now();
  };
  return () => (performance.now() - last >= interval ? pause() : undefined);
}
