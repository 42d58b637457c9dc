import { expect, test } from "vitest";
import { hunt } from "./inputs/hunt.ts";
import { bounds, costFault, fault } from "./inputs/judge.ts";
import type { Input, Reader, Seed } from "./inputs/reader.ts";
import { readers } from "./inputs/readers/index.ts";
import { shrink } from "./inputs/shrink.ts";

test("changed inputs are read, or refused with one message", { timeout: 240_000 }, async () => {
  const { tallies, findings } = await hunt({ seed: 5, count: 1000 });
  expect(findings.map(({ seed, reader, fault, input }) => `${seed}, ${reader}: ${fault} ${input}`)).toEqual([]);
  const taken = [...tallies.values()].reduce((sum, { read, refused }) => sum + read + refused, 0);
  expect(taken).toBe(1000);
  expect(tallies.size).toBeGreaterThan(readers.length - 6);
});

const seed: Seed = { name: "a.json", kind: "json", bytes: Buffer.from("{}"), knowsItsEnd: true };
const input = (more: Partial<Input> = {}): Input => ({
  ...{ seed, bytes: Buffer.from("{}"), how: "", truncated: false, flippedBits: 0 },
  ...more,
});
const reader: Reader = { name: "x", weight: 1, seeds: () => [seed], read: () => "", keepsShapes: true };
const refused = (printed: string) => fault(reader, input(), { code: 2, printed }, undefined);

test("what counts as a fault", () => {
  expect(refused("error: a.json is empty\n(--help lists the options)\n")).toBeUndefined();
  expect(refused("Error: no\n    at read (/a/b.ts:3:7)\n")).toMatch(/^a stack/);
  expect(refused("error: the name is \u001b[2J")).toMatch(/^printed U\+1b/);
  expect(refused("error: \u202e")).toMatch(/^printed U\+202e/);
  expect(refused("error: the format is undefined")).toMatch(/^the message says undefined/);
  expect(refused("error: the value is [object Object]")).toMatch(/^the message says \[object Object\]/);
  expect(refused("TypeError: no")).toMatch(/^the message says TypeError/);
  expect(refused("x".repeat(bounds.message + 1))).toMatch(/^the message has/);
  expect(fault(reader, input(), { code: 139, printed: "" }, undefined)).toBe("the exit code is 139");
  const other = { code: 0, printed: "", value: "1 row" };
  expect(fault(reader, input({ truncated: true }), other, "2 rows")).toMatch(/^read although its end is missing/);
  expect(fault(reader, input({ truncated: true }), other, "1 row")).toBeUndefined();
  expect(fault(reader, input({ flippedBits: 1 }), other, "2 rows")).toMatch(/^a bit gave other arrays/);
  expect(costFault(input(), { cpu: bounds.cpu + 1, memory: 0 })).toMatch(/^took 2001 ms/);
  expect(costFault(input(), { cpu: 1, memory: bounds.memory + 1000 })).toMatch(/^took 200 MB/);
  expect(costFault(input(), { cpu: 1, memory: bounds.memory })).toBeUndefined();
});

test("a failing input is made small", async () => {
  const has = async (bytes: Uint8Array) => Buffer.from(bytes).includes("bad");
  const small = await shrink(Buffer.from(`${"x".repeat(500)}b${"ad"}${"y".repeat(300)}`), has, 300);
  expect(Buffer.from(small).toString()).toBe("bad");
});
