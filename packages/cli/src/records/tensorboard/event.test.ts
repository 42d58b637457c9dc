import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crc32c, maskedCrc32c } from "./crc32c.ts";
import { scalarEvent, tfRecord, versionEvent } from "./event.ts";
import { EventFile } from "./eventFile.ts";
import goldens from "./events.json" with { type: "json" };

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("CRC-32C of the examples in RFC 3720, B.4, and masked as TensorBoard does it", () => {
  const bytes = (value: (i: number) => number) => Uint8Array.from({ length: 32 }, (_, i) => value(i));
  expect(crc32c(bytes(() => 0))).toBe(0x8a9136aa);
  expect(crc32c(bytes(() => 0xff))).toBe(0x62a8ab43);
  expect(crc32c(bytes((i) => i))).toBe(0x46dd794e);
  expect(crc32c(bytes((i) => 31 - i))).toBe(0x113fdb5c);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  for (const { text, masked } of goldens.crc32c)
    expect(maskedCrc32c(new TextEncoder().encode(text)), text).toBe(masked);
});

test("events are, byte for byte, those of torch's SummaryWriter and of TensorBoard", () => {
  const events: Record<string, Uint8Array> = {
    "torch: a scalar": scalarEvent(1, { "loss/train": 0.1 }, 1700000000.25),
    "torch: names and a large step": scalarEvent(2 ** 40, { "größe/数": -3.5e-12 }, 1700000001.5),
    "file version": versionEvent(1700000000),
    "several scalars": scalarEvent(3, { "loss/train": 0.5, "loss/validation": 0.25 }, 1700000002),
    "step 0, a zero, not a number": scalarEvent(0, { zero: 0, nan: Number.NaN, inf: Number.NEGATIVE_INFINITY }, 1.5),
  };
  expect(Object.keys(events)).toEqual(goldens.records.map(({ name }) => name));
  for (const { name, record } of goldens.records) expect(hex(tfRecord(events[name])), name).toBe(record);
});

test("a file is the version, then what was written, in the order of writing", () => {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-events-"));
  try {
    const [begun, later] = [new Date(1_700_000_000_250), new Date(1_700_000_001_000)];
    const file = new EventFile(folder, begun);
    expect(file.path).toMatch(/events\.out\.tfevents\.1700000000\./);
    expect(new EventFile(folder, begun).path).not.toBe(file.path);
    file.scalars(1, { loss: 0.5 }, later);
    file.scalars(2, { loss: 1e300 }, later);
    const records = [
      versionEvent(1700000000.25),
      scalarEvent(1, { loss: 0.5 }, 1700000001),
      scalarEvent(2, { loss: Number.POSITIVE_INFINITY }, 1700000001),
    ];
    expect(hex(readFileSync(file.path))).toBe(records.map((record) => hex(tfRecord(record))).join(""));
    expect(() => file.scalars(0.5, { loss: 0 })).toThrow("scalars: the step is 0.5, expected a whole number");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
