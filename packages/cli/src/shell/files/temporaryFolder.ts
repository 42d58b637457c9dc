import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isProcessMark, lifeOf, type ProcessMark, thisProcess } from "../process.ts";
import { isProcess } from "./writeAtomic.ts";

/** What the names of these folders begin with. */
export const temporaryPrefix = "evenkeel-reading-";
/** The file that says whose folder it is. */
const markFile = "process.json";

/**
 * Makes a folder for temporary files, and removes those of processes that were killed: a copy of
 * standard input is as private as the original.
 */
export async function newTemporaryFolder(): Promise<string> {
  const parent = tmpdir();
  await removeStale(parent);
  const folder = await mkdtemp(join(parent, `${temporaryPrefix}${hostname()}~${process.pid}~`));
  await writeFile(join(folder, markFile), JSON.stringify(thisProcess()));
  return folder;
}

async function removeStale(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(temporaryPrefix))) {
    const folder = join(parent, name);
    // Another process may be faster, and the folder of another user is not ours to remove.
    if (await isStale(folder).catch(() => false)) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function isStale(folder: string): Promise<boolean> {
  const facts = await lstat(folder);
  if (!facts.isDirectory() || facts.uid !== (process.getuid?.() ?? facts.uid)) return false;
  const mark = await markIn(folder);
  if (mark !== undefined) return lifeOf(mark) === "dead";
  // A process that was killed before it had written its mark is known by the folder's name.
  const [, host, pid] = /^(.*)~(\d+)~\w+$/.exec(basename(folder).slice(temporaryPrefix.length)) ?? [];
  return host === hostname() && !isProcess(Number(pid));
}

async function markIn(folder: string): Promise<ProcessMark | undefined> {
  try {
    const mark: unknown = JSON.parse(await readFile(join(folder, markFile), "utf8"));
    return isProcessMark(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}
