import * as fs from "node:fs";
import { dirname } from "node:path";
import { misuse } from "../errors.ts";
import { reasonOf, replacementOf } from "./writeAtomic.ts";

interface WritableOptions {
  /** Whether it may be a pipe or a device, which is written as it is. */
  readonly devices?: boolean;
}

/**
 * Checks that a file can be created, before the work whose result it will hold, by creating one
 * beside it: permissions alone say nothing of a disk that is read-only.
 *
 * @param name as the user named it
 * @param option the option that named it
 * @throws CommandError if its folder does not exist or takes no file, or it is itself a folder
 */
export function checkWritable(
  path: string,
  name: string,
  option: string,
  { devices = false }: WritableOptions = {},
): void {
  const why = obstacle(path, devices);
  if (why !== undefined) throw misuse("wrong-value", `cannot write ${name}: ${why}`, undefined, { option });
}

function obstacle(path: string, devices: boolean): string | undefined {
  try {
    const facts = fs.statSync(path, { throwIfNoEntry: false });
    if (facts?.isDirectory()) return "it is a folder";
    if (facts !== undefined && !facts.isFile()) return devices ? undefined : "it is a device, and no file";
    const folder = dirname(facts === undefined ? path : fs.realpathSync(path));
    if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return "its folder does not exist";
    if (facts !== undefined) fs.accessSync(path, fs.constants.W_OK);
    const { temporary } = replacementOf(path);
    fs.closeSync(fs.openSync(temporary, "wx"));
    fs.rmSync(temporary, { force: true });
    return undefined;
  } catch (error) {
    // In a folder such as /proc, which is there and holds no files of ours.
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "no file can be made in its folder" : reasonOf(error, "write");
  }
}
