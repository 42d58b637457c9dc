import type { StartFileThread } from "../compile/threads/fileThread.ts";
import { nodeBuiltin } from "../core/nodeBuiltin.ts";

/** The part of Node's worker_threads that is needed. */
interface NodeThreads {
  readonly Worker: new (
    file: object,
    options: {
      readonly workerData: unknown;
      readonly transferList: readonly ArrayBufferLike[];
      readonly resourceLimits: { readonly maxYoungGenerationSizeMb: number };
    },
  ) => {
    ref(): void;
    unref(): void;
    terminate(): unknown;
    on(event: "message", listener: (message: unknown) => void): unknown;
    on(event: "error" | "exit" | "messageerror", listener: () => void): unknown;
  };
}

declare const URL: new (file: string, base: string) => object;
declare global {
  interface ImportMeta {
    url: string;
  }
}

/** Threads of files that lie beside this module. */
export const startBesideThis: StartFileThread = (file, workerData, transferList, { onMessage, onEnd }) => {
  const threads = nodeBuiltin<NodeThreads>("node:worker_threads");
  if (threads === undefined) return undefined;
  // There is none where a bundler has made CommonJS of this module.
  const { url } = import.meta as { readonly url?: string };
  if (url === undefined) return undefined;
  const ending = url.endsWith(".ts") ? "ts" : "js";
  try {
    // Its work is in typed arrays, so that room for many young objects would only be memory.
    const resourceLimits = { maxYoungGenerationSizeMb: 8 };
    const options = { workerData, transferList, resourceLimits };
    const worker = new threads.Worker(new URL(`./${file}.${ending}`, url), options);
    worker.unref();
    worker.on("message", onMessage);
    worker.on("messageerror", onEnd);
    worker.on("error", () => {}); // without a listener an error ends the process; the exit follows
    worker.on("exit", onEnd);
    return {
      keepAlive: (wanted) => (wanted ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  } catch {
    return undefined;
  }
};
