import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFault } from "./workspace.ts";

const fault = (code: string, syscall?: string, path?: string, message = code) =>
  temporaryFault(Object.assign(new Error(message), { code, ...(syscall !== undefined && { syscall, path }) }))?.message;

test("says that it is the temporary folder that is full, and not the table", () => {
  const where = `no temporary file can be made in ${tmpdir()}: `;
  const cure = "; set TMPDIR to a folder that takes files";
  expect(fault("ENOSPC", "write")).toBe(`${where}no space is left on the disk${cure}`);
  expect(fault("EIO", "open", join(tmpdir(), "evenkeel-reading-x", "0.txt"))).toBe(
    `${where}the disk reports an error${cure}`,
  );
  const ofDuckDb = 'IO Error: Could not write file "/tmp/x": No space left on device';
  expect(fault("", undefined, undefined, ofDuckDb)).toBe(`${where}no space is left on the disk${cure}`);
  // The table's own.
  expect(fault("EIO", "read")).toBeUndefined();
  expect(fault("EACCES", "open", "/data/t.csv")).toBeUndefined();
  expect(fault("", undefined, undefined, "Malformed JSON")).toBeUndefined();
});
