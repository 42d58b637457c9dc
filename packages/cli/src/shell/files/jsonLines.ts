import * as fs from "node:fs";

const newline = 10;

/**
 * Adds a value as one line of JSON. A line that a killed process left torn at the end of the file
 * is cut off first, so that the file never has a torn line anywhere but at its end. NaN and
 * infinities become null, as JSON has it.
 *
 * @throws Error if the file cannot be written, or the value has no JSON
 */
export function appendLine(path: string, value: unknown): void {
  const line = JSON.stringify(value);
  if (line === undefined) throw new TypeError(`appendLine: ${typeof value} has no JSON, expected an object`);
  const file = fs.openSync(path, "a+");
  try {
    const { size } = fs.fstatSync(file);
    const whole = endOfLines(file, size);
    if (whole < size) fs.ftruncateSync(file, whole);
    fs.writeSync(file, `${line}\n`);
  } finally {
    fs.closeSync(file);
  }
}

/** The position after the last newline of a file. */
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
 * Reads what {@link appendLine} wrote: the values of all lines that were finished. A last line
 * without its newline was being written when the process was killed, or is being written now; it
 * does not count.
 *
 * @throws Error if the file cannot be read, or a finished line is no JSON; the message has the
 *   number of the line
 */
export function readJsonLines(path: string): unknown[] {
  const lines = fs.readFileSync(path, "utf8").split("\n");
  lines.pop(); // what stands after the last newline
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new Error(`line ${index + 1} of ${path} is no JSON: ${line.slice(0, 60)}`);
    }
  });
}
