import { nodeBuiltin } from "../../core/nodeBuiltin.ts";

/** A thread that runs until it is ended. */
export interface Thread {
  end(): void;
}

/**
 * Starts a thread that runs a source.
 * @param data - what the source is given; shared memory stays shared
 * @param died - called later, if the thread ends of an error
 * @returns undefined if none may be started
 */
export type StartThread = (source: string, data: unknown, died: () => void) => Thread | undefined;

/** The part of Node's worker_threads that is needed. */
interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { readonly eval: true; readonly workerData: unknown },
  ) => {
    unref(): void;
    terminate(): unknown;
    on(event: "error", listener: () => void): unknown;
  };
}

/** What a worker of a browser has; the library is written without the types of the DOM. */
interface BrowserScope {
  readonly crossOriginIsolated?: boolean;
  readonly WorkerGlobalScope?: new () => object;
  readonly Worker?: new (
    url: string,
  ) => {
    postMessage(data: unknown): void;
    terminate(): void;
    onerror: ((event: { preventDefault?(): void }) => void) | null;
  };
  readonly Blob?: new (parts: string[], options: { readonly type: string }) => object;
  readonly URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
}

/** How threads start here; undefined where a step cannot share memory with them or wait for them. */
export function threadStarter(): StartThread | undefined {
  const threads = nodeBuiltin<NodeThreads>("node:worker_threads");
  return threads === undefined ? inBrowsers(globalThis as BrowserScope) : inNode(threads);
}

const inNode =
  ({ Worker }: NodeThreads): StartThread =>
  (source, workerData, died) => {
    const worker = new Worker(source, { eval: true, workerData });
    worker.unref(); // it does not keep the process alive
    worker.on("error", died); // without a listener an error ends the process
    return { end: () => void worker.terminate() };
  };

/** A page may not wait for others, a worker may; and memory is shared in pages that are isolated. */
function inBrowsers(scope: BrowserScope): StartThread | undefined {
  const { WorkerGlobalScope: Scope, Worker, Blob, URL } = scope;
  const waits = Scope !== undefined && scope instanceof Scope;
  if (!waits || scope.crossOriginIsolated !== true) return undefined;
  if (Worker === undefined || Blob === undefined || URL === undefined) return undefined;
  return (source, data, died) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      const worker = new Worker(url);
      worker.onerror = (event) => {
        event.preventDefault?.();
        URL.revokeObjectURL(url);
        died();
      };
      worker.postMessage(data);
      return { end: () => worker.terminate() };
    } catch {
      // A content security policy without blob: in worker-src.
      URL.revokeObjectURL(url);
      return undefined;
    }
  };
}
