import { existsSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { misuse } from "../../../shell/errors.ts";
import { writing } from "../../../shell/files/writeAtomic.ts";
import { readHead } from "../queueHead.ts";
import type { OpenWorker } from "../types.ts";
import { FolderWorker } from "./folderWorker.ts";
import { QueueLayout } from "./layout.ts";

/** Milliseconds between two looks for a queue that is not there yet. */
const look = 500;

/**
 * Enters the queue in a folder as a worker, once it is there.
 * @param shown the folder as it was typed, for messages
 * @throws CommandError if there is no folder, or the queue is of another version; WriteError
 */
export async function openFolderWorker(
  root: string,
  { names, facts, rank, onWait, signal }: OpenWorker,
  shown = root,
): Promise<FolderWorker> {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw misuse(
      "wrong-value",
      `there is no folder ${shown}`,
      "name the one that evenkeel study was given with --workers-from",
    );
  }
  const layout = new QueueLayout(root);
  if (!existsSync(layout.head)) onWait?.();
  while (!existsSync(layout.head)) await sleep(look, undefined, { signal });
  const head = readHead(layout.head);
  for (const name of names()) {
    try {
      return writing(root, () => new FolderWorker({ layout, head }, name, facts, rank));
    } catch (error) {
      if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code !== "EEXIST") throw error;
    }
  }
  throw misuse("wrong-state", `every name for a worker is taken in ${root}`);
}
