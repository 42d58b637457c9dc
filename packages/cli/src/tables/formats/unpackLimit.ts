import { stat } from "node:fs/promises";
import { type Allowed, mostUnpacked } from "../limits.ts";

/** A file, and what it may cost. */
export interface SourceFile extends Allowed {
  /** As people know it. */
  readonly name: string;
  readonly path: string;
}

/** Which part of a file is read. */
export interface Wanted {
  readonly columns?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/** How many bytes a file may unpack to. */
export async function unpackLimit({ path, maxUnpacked }: SourceFile): Promise<number> {
  return mostUnpacked((await stat(path)).size, maxUnpacked);
}
