import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MNIST, parseIdx, readIdx, readPicture } from "@evenkeel/vision";
import sharp from "sharp";
import { readPictures } from "../../../../packages/cli/src/pictures/readPictures.ts";
import type { Reader, Seed } from "../reader.ts";

const hash = (data: ArrayBufferView) =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("base64");

function idx(shape: readonly number[], kind = 8, width = 1): Uint8Array {
  const size = shape.reduce((product, n) => product * n, width);
  const bytes = Buffer.alloc(4 + 4 * shape.length + size);
  bytes[2] = kind;
  bytes[3] = shape.length;
  for (const [i, n] of shape.entries()) bytes.writeUInt32BE(n, 4 + 4 * i);
  for (let i = 0; i < size; i++) bytes[bytes.length - size + i] = (i * 7) % 3;
  return bytes;
}

const binary = (name: string, bytes: Uint8Array, more: Partial<Seed> = {}): Seed => ({
  name,
  kind: "binary",
  bytes,
  knowsItsEnd: true,
  ...more,
});
const images = idx([6, 4, 5]);
const labels = idx([6]);

/** Small pictures of every format that is read. */
async function pictures(): Promise<Seed[]> {
  const raw = Buffer.from(Array.from({ length: 12 * 10 * 3 }, (_, i) => (i * 37) % 256));
  const picture = () => sharp(raw, { raw: { width: 12, height: 10, channels: 3 } });
  const formats = ["png", "jpeg", "webp", "gif", "tiff"] as const;
  return Promise.all(formats.map(async (format) => binary(`1.${format}`, await picture().toFormat(format).toBuffer())));
}

export const pictureReaders: readonly Reader[] = [
  {
    name: "idx",
    weight: 6,
    keepsShapes: true,
    seeds: () => [binary("images", images), binary("labels", labels), binary("doubles", idx([2, 3], 14, 8))],
    read: (bytes) => {
      // Bytes with and without a sign differ in one bit, and nothing else in the file says which they are.
      const { shape, data } = parseIdx(bytes);
      return `${shape} ${data.constructor.name.replace(/^U?[Ii]nt8/, "Byte")}`;
    },
  },
  {
    name: "idx files",
    weight: 1.5,
    seeds: () => [
      binary("train-images-idx3-ubyte", images),
      binary("train-labels-idx1-ubyte", labels),
      binary("train-images-idx3-ubyte.gz", gzipSync(images), { gzip: true }),
      binary("train-labels-idx1-ubyte.gz", gzipSync(labels), { gzip: true }),
    ],
    read: async (bytes, { name }, { cwd }) => {
      const folder = join(cwd, name);
      mkdirSync(folder, { recursive: true });
      const other = name.includes("images") ? "train-labels-idx1-ubyte" : "train-images-idx3-ubyte";
      writeFileSync(join(folder, other), name.includes("images") ? labels : images);
      writeFileSync(join(folder, name), bytes);
      const read = await readPictures(folder, { sampleSeed: 0 }, { cwd });
      const pictures = await MNIST.open(folder);
      await readIdx(join(folder, name));
      return JSON.stringify([read.table.rows, pictures.length, hash(pictures.data), hash(pictures.targets)]);
    },
  },
  {
    name: "picture",
    weight: 1.5,
    seeds: pictures,
    read: async (bytes, { name }, { cwd }) => {
      const path = join(cwd, name);
      writeFileSync(path, bytes);
      const { width, height, data } = await readPicture(path);
      return `${width} ${height} ${hash(data)}`;
    },
  },
  {
    name: "picture folder",
    weight: 0.3,
    seeds: pictures,
    read: async (bytes, { name }, { cwd }) => {
      const folder = join(cwd, `${name} folder`);
      for (const kind of ["cat", "dog"]) mkdirSync(join(folder, kind), { recursive: true });
      writeFileSync(join(folder, "dog", "2.png"), await plain());
      writeFileSync(join(folder, "cat", name), bytes);
      return String((await readPictures(folder, { sampleSeed: 0 }, { cwd })).table.rows);
    },
  },
];

let made: Promise<Buffer> | undefined;
function plain(): Promise<Buffer> {
  made ??= sharp({ create: { width: 5, height: 5, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  return made;
}
