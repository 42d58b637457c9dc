interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

/** The answer of threads.worker.ts. */
export function digestsOnThreads(): Promise<unknown> {
  const worker = new Worker("/test/browser/threads.worker.ts", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { value, error } }: MessageEvent<Answer>) =>
      error === undefined ? resolve(value) : reject(new Error(error));
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}
