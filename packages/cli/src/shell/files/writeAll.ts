import { writeSync } from "node:fs";

/**
 * Writes all of a text or of bytes into an open file. One call of the system may write only a part:
 * on a disk that is about to be full it does, and only the next call says why.
 */
export function writeAll(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}
