import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPictures } from "./readPictures.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-pictures-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const idx = (shape: readonly number[], values: readonly number[], kind = 8) => {
  const header = Buffer.from([
    0,
    0,
    kind,
    shape.length,
    ...shape.flatMap((length) => [0, 0, length >> 8, length & 255]),
  ]);
  return Buffer.concat([header, Uint8Array.from(values)]);
};
const pixels = [0, 51, 102, 153, 204, 255, 0, 0, 255, 255, 51, 0];
const write = (name: string, bytes: Uint8Array) => writeFileSync(join(cwd, name), bytes);
const plain = { sampleSeed: 0 } as const;
const pair = () => {
  write("train-images-idx3-ubyte.gz", gzipSync(idx([3, 2, 2], pixels)));
  write("train-labels-idx1-ubyte", idx([3], [7, 2, 7]));
};

describe("a pair of IDX files", () => {
  test("is a column for each pixel from 0 to 1, and the class", () => {
    pair();
    const { table, schema, picture } = readPictures(".", plain, cwd);
    expect(picture).toEqual([1, 2, 2]);
    expect(table.rows).toBe(3);
    expect(table.columns.map(({ name }) => name)).toEqual([
      "pixel 0,0",
      "pixel 0,1",
      "pixel 1,0",
      "pixel 1,1",
      "class",
    ]);
    const [first] = table.columns;
    expect(first.type === "number" && [...first.values]).toEqual([0, 0.8, 1]);
    const target = table.columns[4];
    expect(target.type === "text" && [...target.codes].map((code) => target.dictionary[code])).toEqual(["7", "2", "7"]);
    expect([schema.task, schema.classes]).toEqual(["binary", ["2", "7"]]);
    expect(table.notes).toEqual([]);
    // The file with the pictures names its folder's pair as well; another one stands back for training's.
    write("t10k-images-idx3-ubyte", idx([1, 2, 2], pixels.slice(0, 4)));
    write("t10k-labels-idx1-ubyte", idx([1], [3]));
    expect(readPictures(".", plain, cwd).table.rows).toBe(3);
    expect(readPictures("t10k-images-idx3-ubyte", plain, cwd).table.rows).toBe(1);
  });

  test("is sampled: the same rows from the same seed, in their order", () => {
    const many = 40;
    write(
      "images.idx3-ubyte",
      idx(
        [many, 1, 1],
        Array.from({ length: many }, (_, i) => i),
      ),
    );
    write(
      "labels.idx1-ubyte",
      idx(
        [many],
        Array.from({ length: many }, (_, i) => i % 3),
      ),
    );
    const read = (flags: object) => {
      const [column] = readPictures(".", { ...plain, ...flags }, cwd).table.columns;
      return column.type === "number" ? [...column.values].map((value) => Math.round(255 * value)) : [];
    };
    expect(read({ limit: 4 })).toEqual([0, 1, 2, 3]);
    const drawn = read({ sample: 7 });
    expect(drawn).toHaveLength(7);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(read({ sample: 7 })).toEqual(drawn);
    expect(read({ sample: 7, sampleSeed: 1 })).not.toEqual(drawn);
  });
});

test.each<[string, () => void, RegExp]>([
  ["nothing there", () => {}, /there are no pictures in \.: expected IDX files as MNIST has them/],
  [
    "no classes",
    () => write("train-images-idx3-ubyte", idx([3, 2, 2], pixels)),
    /there is no train-labels-idx1-ubyte with/,
  ],
  [
    "text",
    () => [pair(), write("train-labels-idx1-ubyte", Buffer.from("7\n2\n7\n"))],
    /labels-idx1-ubyte is no IDX file/,
  ],
  [
    "floats",
    () => [pair(), write("train-labels-idx1-ubyte", idx([3], [7, 2, 7], 13))],
    /numbers of kind 0xd; IDX files of bytes/,
  ],
  [
    "cut off",
    () => [pair(), write("train-labels-idx1-ubyte", idx([3], [7, 2]))],
    /holds 2 bytes, and its shape \[3\] takes 3/,
  ],
  [
    "damaged",
    () => [pair(), write("train-images-idx3-ubyte.gz", Buffer.from([0x1f, 0x8b, 1, 2]))],
    /cannot be decompressed/,
  ],
  [
    "another number",
    () => [pair(), write("train-labels-idx1-ubyte", idx([2], [7, 2]))],
    /shape \[3,2,2\] and .*\[2\]; expected/,
  ],
])("misuse: %s", (_, make, message) => {
  make();
  expect(() => readPictures(".", plain, cwd)).toThrow(message);
});

test("no source", () => {
  expect(() => readPictures(undefined, plain, cwd)).toThrow("name a folder of pictures");
});
