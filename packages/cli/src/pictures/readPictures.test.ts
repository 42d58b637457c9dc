import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Column } from "evenkeel/tabular";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TableReadError } from "../tables/readError.ts";
import { type PicturesRead, readPictures } from "./readPictures.ts";

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
const read = (source: string | undefined, flags: Partial<PicturesRead> = {}) =>
  readPictures(source, { sampleSeed: 0, ...flags }, { cwd });
const numbers = (column: Column) => (column.type === "number" ? [...column.values] : []);
const texts = (column: Column) =>
  column.type === "text" ? [...column.codes].map((code) => column.dictionary[code]) : [];
const pair = () => {
  write("train-images-idx3-ubyte.gz", gzipSync(idx([3, 2, 2], pixels)));
  write("train-labels-idx1-ubyte", idx([3], [7, 2, 7]));
};

describe("a pair of IDX files", () => {
  test("is a column for each pixel from 0 to 1, and the class", async () => {
    pair();
    const { table, schema, picture } = await read(".");
    expect(picture).toEqual([1, 2, 2]);
    expect(table.rows).toBe(3);
    const names = ["pixel 0,0", "pixel 0,1", "pixel 1,0", "pixel 1,1", "class"];
    expect(table.columns.map(({ name }) => name)).toEqual(names);
    expect(numbers(table.columns[0])).toEqual([0, 0.8, 1]);
    expect(texts(table.columns[4])).toEqual(["7", "2", "7"]);
    expect([schema.task, schema.classes]).toEqual(["binary", ["2", "7"]]);
    expect(table.notes).toEqual([]);
    // The file with the pictures names its pair as well; another one stands back for training's.
    write("t10k-images-idx3-ubyte", idx([2, 2, 2], pixels.slice(0, 8)));
    write("t10k-labels-idx1-ubyte", idx([2], [3, 4]));
    expect((await read(".")).table.rows).toBe(3);
    expect((await read("t10k-images-idx3-ubyte")).table.rows).toBe(2);
  });

  test("is brought to another size where one is asked for", async () => {
    pair();
    const { table, picture } = await read(".", { pictureSize: [1, 2] });
    expect(picture).toEqual([1, 1, 2]);
    // The mean of 0 and 102, of 204 and 0, of 255 and 51, in whole bytes.
    expect(numbers(table.columns[0])).toEqual([51, 102, 153].map((byte) => byte / 255));
  });

  test("is sampled: the same rows from the same seed, in their order", async () => {
    const range = Array.from({ length: 40 }, (_, i) => i);
    write("images.idx3-ubyte", idx([40, 1, 1], range));
    const classes = range.map((i) => i % 3);
    write("labels.idx1-ubyte", idx([40], classes));
    const rows = async (flags: Partial<PicturesRead>) => {
      const { columns } = (await read(".", flags)).table;
      return numbers(columns[0]).map((value) => Math.round(255 * value));
    };
    expect(await rows({ limit: 4 })).toEqual([0, 1, 2, 3]);
    const drawn = await rows({ sample: 7 });
    expect(drawn).toHaveLength(7);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(await rows({ sample: 7 })).toEqual(drawn);
    expect(await rows({ sample: 7, sampleSeed: 1 })).not.toEqual(drawn);
  });
});

/** A picture of one colour above another. */
const halves = async (name: string, [above, below]: readonly string[], format: "png" | "jpeg" = "png") => {
  const half = (background: string) => ({ create: { width: 6, height: 4, channels: 3 as const, background } });
  const input = await sharp(half(below)).png().toBuffer();
  const whole = sharp({ create: { width: 6, height: 8, channels: 3, background: above } });
  const bytes = await whole
    .composite([{ input, top: 4, left: 0 }])
    [format]({ quality: 100 })
    .toBuffer();
  mkdirSync(join(cwd, name, ".."), { recursive: true });
  writeFileSync(join(cwd, name), bytes);
};

describe("a folder for each class", () => {
  const pets = async () => {
    await halves("pets/dog/1.png", ["white", "black"]);
    await halves("pets/cat/1.JPG", ["black", "white"], "jpeg");
    await halves("pets/cat/2.png", ["red", "blue"]);
    writeFileSync(join(cwd, "pets", "cat", "notes.txt"), "no picture");
  };

  test("is read in grey, 28 x 28, or as it is asked for", async () => {
    await pets();
    const done: number[] = [];
    const options = { cwd, onProgress: (pictures: number) => void done.push(pictures) };
    const { table, schema, picture } = await readPictures("pets", { sampleSeed: 0 }, options);
    expect([picture, table.source, table.rows, schema.classes]).toEqual([[1, 28, 28], "pets", 3, ["cat", "dog"]]);
    expect(done).toEqual([1, 2, 3]);
    expect(texts(table.columns[784])).toEqual(["cat", "cat", "dog"]);
    const [black, red, white] = numbers(table.columns[0]);
    expect([white, Math.round(255 * red)]).toEqual([1, 76]); // 0.299 x 255
    expect(black).toBeLessThan(0.02);

    const colour = await read("pets", { rgb: true, pictureSize: [8, 6] });
    expect(colour.picture).toEqual([3, 8, 6]);
    const names = colour.table.columns.map(({ name }) => name);
    expect([0, 47, 48, 143].map((at) => names[at])).toEqual(["red 0,0", "red 7,5", "green 0,0", "blue 7,5"]);
    // Red above blue: the planes one after another.
    const expected = [1, 0, 0, 0, 0, 1].flatMap((value) => Array<number>(24).fill(value));
    expect(colour.table.columns.slice(0, 144).map((column) => numbers(column)[1])).toEqual(expected);
  });

  test("is sampled before anything is decoded", async () => {
    await pets();
    writeFileSync(join(cwd, "pets", "dog", "2.png"), "no picture");
    const drawn = Array.from({ length: 16 }, (_, sampleSeed) => read("pets", { sample: 3, sampleSeed }));
    const readable = (await Promise.allSettled(drawn)).filter(({ status }) => status === "fulfilled");
    expect(readable.length).toBeGreaterThan(0);
    expect(readable.length).toBeLessThan(16);
  });

  test("an interrupt ends the reading", async () => {
    await pets();
    const signal = AbortSignal.abort();
    await expect(readPictures("pets", { sampleSeed: 0 }, { cwd, signal })).rejects.toBe(signal.reason);
  });
});

type Case = [name: string, make: () => unknown, message: RegExp, flags?: Partial<PicturesRead>];
test.each<Case>([
  [
    "nothing there",
    () => {},
    /there are no pictures in \.: expected a folder for each class .*cat\/1\.png, .* or IDX files as MNIST/,
  ],
  [
    "no classes",
    () => write("train-images-idx3-ubyte", idx([3, 2, 2], pixels)),
    /there is no train-labels-idx1-ubyte with/,
  ],
  [
    "text",
    () => [pair(), write("train-labels-idx1-ubyte", Buffer.from("7\n2\n7\n"))],
    /^\S*labels-idx1-ubyte is no IDX file/,
  ],
  [
    "floats",
    () => [pair(), write("train-labels-idx1-ubyte", idx([3], Array(12).fill(0), 13))],
    /labels-idx1-ubyte holds numbers of another kind; IDX files of bytes are read/,
  ],
  ["damaged", () => [pair(), write("train-images-idx3-ubyte.gz", Buffer.from([0x1f, 0x8b, 1, 2]))], /be unpacked/],
  [
    "another number",
    () => [pair(), write("train-labels-idx1-ubyte", idx([2], [7, 2]))],
    /shape \[3,2,2\] and .*\[2\]; expected/,
  ],
  ["grey files in colour", pair, /images-idx3-ubyte.gz are grey; leave --rgb out/, { rgb: true }],
  ["a single class", pair, /the only picture is of class 7; --sample draws from all/, { limit: 1 }],
  [
    "a single folder",
    () => halves("cat/1.png", ["red", "red"]),
    /the only picture is of class cat; expected two classes/,
  ],
  ["an empty folder", () => mkdirSync(join(cwd, "cat")), /^the folder of class "cat" in .* has no pictures \(\.jpg/],
  [
    "a damaged picture",
    () => [mkdirSync(join(cwd, "cat")), write("cat/1.png", Buffer.from("no picture"))],
    /^\S*cat.1\.png cannot be read as a picture: /,
  ],
])("misuse: %s", async (_, make, message, flags) => {
  await make();
  const reading = read(".", flags);
  await expect(reading).rejects.toThrow(message);
  await expect(reading).rejects.toBeInstanceOf(TableReadError);
});

test.each<[string | undefined, string]>([
  [undefined, "name a folder of pictures"],
  ["nowhere", "there is no nowhere; name a folder of pictures"],
])("no source: %s", async (source, message) => {
  await expect(read(source)).rejects.toThrow(message);
});
