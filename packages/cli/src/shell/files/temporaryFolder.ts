import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isProcessMark, lifeOf, thisProcess } from "../process.ts";

const prefix = "evenkeel-reading-";
/** The file that says whose folder it is. */
const markFile = "process.json";

/**
 * Makes a folder for temporary files, and removes those of processes that were killed: a copy of
 * standard input is as private as the original.
 */
export async function newTemporaryFolder(): Promise<string> {
  const parent = tmpdir();
  await removeStale(parent);
  const folder = await mkdtemp(join(parent, prefix));
  await writeFile(join(folder, markFile), JSON.stringify(thisProcess()));
  return folder;
}

async function removeStale(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const folder = join(parent, name);
    // Another process may be faster, and the folder of another user is not ours to remove.
    if (await isStale(folder).catch(() => false)) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function isStale(folder: string): Promise<boolean> {
  const facts = await lstat(folder);
  if (!facts.isDirectory() || facts.uid !== (process.getuid?.() ?? facts.uid)) return false;
  const mark: unknown = JSON.parse(await readFile(join(folder, markFile), "utf8"));
  return isProcessMark(mark) && lifeOf(mark) === "dead";
}
