import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorkspace, temporaryFault, withWorkspace } from "./workspace.ts";

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

test("clearing away replaces neither a result nor an error", async () => {
  const { rm } = fs;
  const paths: string[] = [];
  fs.rm = async (path) => {
    paths.push(String(path));
    throw Object.assign(new Error("ENOTEMPTY: directory not empty, rm"), { code: "ENOTEMPTY", syscall: "rm" });
  };
  syncBuiltinESMExports();
  try {
    expect(await withWorkspace({}, async () => 7)).toBe(7);
    await expect(withWorkspace({}, () => Promise.reject(new Error("its own")))).rejects.toThrow("its own");
    await (await openWorkspace({})).close();
  } finally {
    fs.rm = rm;
    syncBuiltinESMExports();
    for (const path of paths) await rm(path, { recursive: true, force: true });
  }
  expect(paths).toHaveLength(3);
});
