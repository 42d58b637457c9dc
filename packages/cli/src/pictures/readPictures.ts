import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Generator, randperm } from "evenkeel";
import type { StudyData } from "evenkeel/study";
import type { ColumnSchema, Schema } from "evenkeel/tabular";
import type { TableFlags } from "../commands/tableOptions.ts";
import { type ReadNote, TableReadError } from "../tables/readError.ts";
import type { TableRead } from "../tables/readTable.ts";
import { readIdx } from "./idx.ts";

/** Pictures as a study takes them: a row each, a column for each pixel, from 0 to 1, and its class. */
export interface PicturesRead {
  readonly table: TableRead;
  readonly schema: Schema;
  readonly picture: NonNullable<StudyData["picture"]>;
}

/** So many are enough for differences to be seen, and few enough for a study to end within minutes. */
const usualSample = 2000;

/**
 * Reads pictures with their classes: a folder with a pair of IDX files, or the one of the pair that holds the pictures. Other kinds of
 * pictures are to be read here, too, once there are decoders.
 * @throws TableReadError if there are none
 */
export function readPictures(
  source: string | undefined,
  { limit, sample, sampleSeed }: Pick<TableFlags, "limit" | "sample" | "sampleSeed">,
  cwd: string,
): PicturesRead {
  if (source === undefined) throw new TableReadError("name a folder of pictures: one with IDX files, as MNIST comes");
  const path = resolve(cwd, source);
  const files = pairIn(path, source);
  const [images, labels] = [readIdx(files.images), readIdx(files.labels)];
  const [count, height, width] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new TableReadError(
      `${files.images} has shape [${images.shape}] and ${files.labels} [${labels.shape}]; expected [pictures, height, width] and [pictures]`,
    );
  }
  const most = Math.min(count, limit ?? count);
  const wanted = sample ?? (limit === undefined ? usualSample : most);
  const rows = wanted < most ? drawn(most, wanted, sampleSeed) : whole(most);
  const pixels = height * width;
  const columns = Array.from({ length: pixels }, (_, pixel) => ({
    ...{ name: `pixel ${Math.floor(pixel / width)},${pixel % width}`, type: "number" as const },
    values: Float64Array.from(rows, (row) => images.values[row * pixels + pixel] / 255),
  }));
  const names = [...new Set(labels.values)].sort((a, b) => a - b).map(String);
  const target = {
    ...{ name: "class", type: "text" as const, dictionary: names },
    codes: Int32Array.from(rows, (row) => names.indexOf(String(labels.values[row]))),
  };
  const note: ReadNote[] =
    rows.length < count && sample === undefined && limit === undefined
      ? [
          {
            severity: "note",
            code: "sampled",
            message: `${rows.length} of ${count} pictures at random; --sample takes more`,
          },
        ]
      : [];
  const used = names.filter((_, code) => target.codes.includes(code));
  return {
    table: { source: basename(path), rows: rows.length, columns: [...columns, target], notes: note } as TableRead,
    schema: schemaOf(
      columns.map(({ name }) => name),
      target.name,
      used,
    ),
    picture: [1, height, width],
  };
}

/** Every pixel is a feature, those that never change too. */
function schemaOf(pixels: readonly string[], target: string, classes: readonly string[]): Schema {
  const features = pixels.map((name): ColumnSchema => ({ name, kind: "numeric", use: "feature" }));
  const task = classes.length > 2 ? "multiclass" : "binary";
  return { columns: [...features, { name: target, kind: "category", use: "target" }], target, task, classes };
}

/** So many of them at random, in their order. */
function drawn(count: number, wanted: number, seed: number): Int32Array {
  const order = randperm(count, { generator: new Generator(seed) }).data as ArrayLike<number>;
  return Int32Array.from(order).slice(0, wanted).sort();
}

function whole(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

const imageFile = /images[-.]idx3-ubyte(\.gz)?$/;

/** The files for training where there is a choice. */
function pairIn(path: string, source: string): { images: string; labels: string } {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const names = isFolder
    ? readdirSync(path)
        .filter((name) => imageFile.test(name))
        .sort()
    : [];
  const chosen = names.find((name) => name.startsWith("train")) ?? names[0];
  const images = isFolder ? chosen && join(path, chosen) : imageFile.test(path) && existsSync(path) ? path : undefined;
  if (images === undefined) {
    throw new TableReadError(
      `there are no pictures in ${source}: expected IDX files as MNIST has them, …-images-idx3-ubyte and …-labels-idx1-ubyte, with or without .gz`,
    );
  }
  const stem = images.replace(imageFile, "").replace(/\.gz$/, "");
  const labels = ["labels-idx1-ubyte", "labels.idx1-ubyte"].flatMap((name) => [`${stem}${name}`, `${stem}${name}.gz`]);
  const found = labels.find((name) => existsSync(name));
  if (found === undefined)
    throw new TableReadError(`beside ${images} there is no ${basename(labels[0])} with the classes`);
  return { images, labels: found };
}
