import * as Comlink from "comlink";
import ReadingWorkerScript from "#reading-worker";
import type { OwnTable } from "./ownTable.ts";
import type { GivenFile } from "./readFile.ts";
import type { ReadingWorker } from "./worker.ts";

/**
 * Reads a file in a worker of its own, which is started when a file is there: the page loads no reader before.
 *
 * @throws Error with one sentence about what is wrong with the file
 */
export async function readOwn(file: GivenFile): Promise<OwnTable> {
  const worker = new ReadingWorkerScript();
  try {
    // A script that cannot be loaded answers no call.
    const failed = new Promise<never>((_, reject) => {
      worker.addEventListener("error", () =>
        reject(new Error(`${file.name} could not be read: the reader did not load`)),
      );
    });
    return await Promise.race([Comlink.wrap<ReadingWorker>(worker).read(file), failed]);
  } finally {
    worker.terminate();
  }
}
