import { readdirSync } from "node:fs";
import { misuse } from "../shell/errors.ts";

/**
 * Checks the folder of a run or a study before anything is written into it. It may come from
 * somebody else, and a link in it would lead what is written to a file of the user's.
 *
 * @param what the run or the study, in messages
 * @throws CommandError if it holds a link, a pipe or a device
 */
export function checkOwnFiles(folder: string, what: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) continue;
    const kind = entry.isSymbolicLink() ? "a symbolic link" : "a pipe or a device";
    throw misuse(
      "conflict",
      `${what} holds ${kind}, ${entry.name}, and is only continued where all of its files are its own`,
      "if you trust the folder, replace it by the file itself",
    );
  }
}
