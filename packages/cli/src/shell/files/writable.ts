import { statSync } from "node:fs";
import { dirname } from "node:path";
import { misuse } from "../errors.ts";

/**
 * Checks that a file can be created, before the work whose result it will hold.
 * @param name as the user named it
 * @param option the option that named it
 * @throws CommandError if its folder does not exist, or it is itself a folder
 */
export function checkWritable(path: string, name: string, option: string): void {
  const why = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? "it is a folder"
    : statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()
      ? undefined
      : "its folder does not exist";
  if (why !== undefined) throw misuse("wrong-value", `cannot write ${name}: ${why}`, undefined, { option });
}
