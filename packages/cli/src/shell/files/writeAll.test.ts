import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { appendLine } from "./jsonLines.ts";
import { writeAll } from "./writeAll.ts";

/** How many bytes a call writes at most, and how many there is room for. */
const disk = vi.hoisted(() => ({ most: 3, room: Number.POSITIVE_INFINITY }));

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  return {
    ...real,
    writeSync: (file: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset) => {
      if (disk.room === 0) throw Object.assign(new Error("full"), { code: "ENOSPC", syscall: "write" });
      const written = real.writeSync(file, bytes, offset, Math.min(length, disk.most, disk.room));
      disk.room -= written;
      return written;
    },
  };
});

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-write-"));
  disk.room = Number.POSITIVE_INFINITY;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test("a call that writes a part is not the last", () => {
  const path = join(folder, "a");
  const file = fs.openSync(path, "w");
  writeAll(file, "grün und blau");
  writeAll(file, new Uint8Array([33, 10]));
  fs.closeSync(file);
  expect(fs.readFileSync(path, "utf8")).toBe("grün und blau!\n");
});

test("a line for which there is no room is an error, not half a line that says nothing", () => {
  const path = join(folder, "lines.jsonl");
  appendLine(path, { a: 1 });
  disk.room = 4;
  expect(() => appendLine(path, { b: 2 })).toThrow(/no space is left on the disk/);
  disk.room = Number.POSITIVE_INFINITY;
  appendLine(path, { c: 3 });
  expect(fs.readFileSync(path, "utf8")).toBe('{"a":1}\n{"c":3}\n');
});
