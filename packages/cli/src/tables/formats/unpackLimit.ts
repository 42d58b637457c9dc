import { stat } from "node:fs/promises";
import { wholeText } from "../../shell/figures.ts";
import { type Allowed, mostUnpacked } from "../limits.ts";
import { type TableReadError, unreadable } from "../readError.ts";

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

/** The parts of a stream, up to the limit of the file. @throws TableReadError beyond it */
export async function* limited(parts: AsyncIterable<Uint8Array>, file: SourceFile): AsyncGenerator<Uint8Array> {
  const most = await unpackLimit(file);
  let length = 0;
  for await (const part of parts) {
    length += part.length;
    if (length > most) throw unpacksTooFar(file.name, most);
    yield part;
  }
}

export function unpacksTooFar(name: string, most: number): TableReadError {
  const megabytes = wholeText(Math.floor(most / (1 << 20)));
  return unreadable(
    "damaged-file",
    `${name} unpacks to more than ${megabytes} MB, far more than its size`,
    "if it is meant to, allow so many megabytes with --max-unpacked",
  );
}
