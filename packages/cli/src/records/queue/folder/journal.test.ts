import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DamagedLine, Journal, JournalReader } from "./journal.ts";

const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, flushes: true }));

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const fault = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });
  return {
    ...real,
    writeSync: (file: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset) => {
      if (disk.room === 0) throw fault("ENOSPC", "write");
      const written = real.writeSync(file, bytes, offset, Math.min(length, disk.room));
      disk.room -= written;
      return written;
    },
    fsyncSync: (file: number) => {
      if (!disk.flushes) throw fault("EIO", "fsync");
      real.fsyncSync(file);
    },
  };
});

let folder: string;
let path: string;
beforeEach(() => {
  Object.assign(disk, { room: Number.POSITIVE_INFINITY, flushes: true });
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-journal-"));
  path = join(folder, "a.jsonl");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("a journal", () => {
  test("is read as it grows, and a line that is not whole waits", () => {
    const reader = new JournalReader(path);
    expect(reader.read()).toEqual([]);
    const journal = new Journal(path);
    journal.append({ a: 1 });
    journal.append({ b: "ü\n" });
    expect(reader.read()).toEqual([{ a: 1 }, { b: "ü\n" }]);
    expect(reader.read()).toEqual([]);
    fs.appendFileSync(path, '{"c":');
    expect(reader.read()).toEqual([]);
    fs.appendFileSync(path, "3}\n");
    expect(reader.read()).toEqual([{ c: 3 }]);
  });

  test("has the name for itself, and is not made again when it is gone", () => {
    const journal = new Journal(path);
    expect(() => new Journal(path)).toThrow(/it exists already/);
    fs.rmSync(path);
    expect(() => journal.append({})).toThrow(/cannot write .*a\.jsonl/);
    expect(fs.existsSync(path)).toBe(false);
  });

  test("shows no half line of a full disk, nor one that could not be flushed", () => {
    const [journal, reader] = [new Journal(path), new JournalReader(path)];
    journal.append({ a: 1 });
    disk.room = 3;
    expect(() => journal.append({ b: 2 })).toThrow(/no space is left/);
    disk.room = Number.POSITIVE_INFINITY;
    disk.flushes = false;
    expect(() => journal.append({ c: 3 })).toThrow(/the disk reports an error/);
    disk.flushes = true;
    journal.append({ d: 4 });
    expect(reader.read()).toEqual([{ a: 1 }, { d: 4 }]);
  });

  test("with a damaged line gives what stands before it never, and names it", () => {
    new Journal(path).append({ a: 1 });
    fs.appendFileSync(path, "\u0000\u0000\n");
    expect(() => new JournalReader(path).read()).toThrow(DamagedLine);
    expect(() => new JournalReader(path).read()).toThrow(/line 2 of .*a\.jsonl is damaged/);
  });
});
