import { expect, test } from "vitest";
import { type Call, describeCall, detailOf, tagOf } from "./calls.ts";

test("calls are described as they were made", () => {
  const texts = [
    { kind: "allReduce", detail: detailOf(4, "sum"), length: 1000 },
    { kind: "allReduce", detail: detailOf(8, "max"), length: 1 },
    { kind: "broadcast", detail: 2, length: 80 },
    { kind: "gather", detail: 1, length: 0 },
    { kind: "barrier", detail: 0, length: 0 },
    { kind: "end", detail: 0, length: 0 },
  ] as const;
  expect(texts.map(describeCall)).toEqual([
    "allReduce of 1,000 float32 values (sum)",
    "allReduce of 1 float64 values (max)",
    "broadcast of 80 bytes from rank 2",
    "gather to rank 1",
    "barrier",
    "the end of its program",
  ]);
});

test("tags are in the range of every MPI, and calls that are alike have different ones", () => {
  const calls: Call[] = [0, 1, 999, 1000, 1001, 65_536, 2 ** 31, 2 ** 40].flatMap((length) => [
    { kind: "allReduce", detail: detailOf(4, "sum"), length },
    { kind: "allReduce", detail: detailOf(4, "min"), length },
    { kind: "allReduce", detail: detailOf(8, "sum"), length },
    { kind: "broadcast", detail: 0, length },
    { kind: "broadcast", detail: 1, length },
  ]);
  const tags = [...calls.map((call) => tagOf(call)), ...calls.map((call) => tagOf(call, true))];
  expect(tags.filter((tag) => !Number.isInteger(tag) || tag < 0 || tag > 32_767)).toEqual([]);
  expect(new Set(tags).size).toBe(2 * calls.length);
});
