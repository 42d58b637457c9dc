import * as fs from "node:fs";
import { parseJson } from "./parseJson.ts";
import { writeAll } from "./writeAll.ts";
import { writing } from "./writeAtomic.ts";

const newline = 10;

/**
 * Adds a value as one line of JSON. If a killed process left an incomplete line at the end of the
 * file, that is removed first, so that only the last line of a file can be incomplete. NaN and
 * infinities become null.
 *
 * @throws WriteError if the file cannot be written; TypeError if the value has no JSON
 */
export function appendLine(path: string, value: unknown): void {
  const line = JSON.stringify(value);
  if (line === undefined) throw new TypeError(`appendLine: ${typeof value} has no JSON, expected an object`);
  writing(path, () => {
    const file = fs.openSync(path, "a+");
    try {
      const { size } = fs.fstatSync(file);
      const whole = endOfLines(file, size);
      if (whole < size) fs.ftruncateSync(file, whole);
      writeAll(file, `${line}\n`);
    } finally {
      fs.closeSync(file);
    }
  });
}

/** The offset after the last newline of a file. */
function endOfLines(file: number, size: number): number {
  const chunk = Buffer.alloc(4096);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const read = fs.readSync(file, chunk, 0, end - start, start);
    const found = chunk.lastIndexOf(newline, read - 1);
    if (found >= 0 && found < read) return start + found + 1;
    end = start;
  }
  return 0;
}

/**
 * Reads what {@link appendLine} wrote: the values of all complete lines. A last line without a
 * newline is ignored: the process was killed while writing it, or is writing it now.
 *
 * @throws Error with the line's number if a complete line is no JSON; Error if the file cannot be
 *   read
 */
export function readJsonLines(path: string): unknown[] {
  const lines = fs.readFileSync(path, "utf8").split("\n");
  lines.pop(); // the text after the last newline
  return lines.map((line, index) => {
    try {
      return parseJson(line);
    } catch {
      throw new Error(`line ${index + 1} of ${path} is no JSON: ${line.slice(0, 60)}`);
    }
  });
}
