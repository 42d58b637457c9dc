import * as fs from "node:fs";

/** What a network drive says of a file that another machine has just replaced or removed. */
const passing = new Set(["ENOENT", "ESTALE", "EAGAIN"]);

/**
 * The bytes of a file that other machines write, from an offset on; undefined where there is none
 * now.
 */
export function readShared(path: string, from = 0): Buffer | undefined {
  try {
    const file = fs.openSync(path, "r");
    try {
      const { size } = fs.fstatSync(file);
      const bytes = Buffer.alloc(Math.max(0, size - from));
      let read = 0;
      while (read < bytes.length) {
        const more = fs.readSync(file, bytes, read, bytes.length - read, from + read);
        if (more === 0) break;
        read += more;
      }
      return bytes.subarray(0, read);
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    if (passing.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
