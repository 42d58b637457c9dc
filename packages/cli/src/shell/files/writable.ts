import { statSync } from "node:fs";
import { dirname } from "node:path";
import { misuse } from "../errors.ts";

/**
 * Says that a file cannot be made while it costs nothing: before the work whose result it is to
 * hold.
 * @param name as its user named it
 * @param option the one that named it
 * @throws CommandError if its folder is not there, or it is a folder
 */
export function checkWritable(path: string, name: string, option: string): void {
  const why = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? "it is a folder"
    : statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()
      ? undefined
      : "its folder does not exist";
  if (why !== undefined) throw misuse("wrong-value", `cannot write ${name}: ${why}`, undefined, { option });
}
