import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Generator, problemOf, randperm } from "evenkeel";
import { type ReadNote, TableReadError, unreadable } from "../tables/readError.ts";
import type { TableFlags } from "../tables/tableFlags.ts";
import { readClassFolders } from "./classFolders.ts";
import { imagesFileOf, readIdxFiles } from "./idxFiles.ts";
import type { PictureFlags } from "./pictureFlags.ts";
import type { PictureSet, PictureSetOptions } from "./pictureSet.ts";
import { type PictureTable, pictureTable } from "./pictureTable.ts";

/**
 * So many are enough for differences to be seen, and few enough for a study to end within minutes.
 */
const usualSample = 2000;

/** How pictures are read, by the options of a command. */
export type PicturesRead = Pick<TableFlags, "limit" | "sample" | "sampleSeed"> & PictureFlags;

interface ReadPicturesOptions {
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  /** Told how many have been read. */
  readonly onProgress?: ((pictures: number) => void) | undefined;
}

/**
 * Reads pictures with their classes as a table: a folder that has a folder for each class, a folder
 * with a pair of IDX files, or the one of the pair that holds the pictures.
 * @throws TableReadError if there are none, or one is damaged; the message names the file
 */
export async function readPictures(
  source: string | undefined,
  { limit, sample, sampleSeed, pictureSize, rgb }: PicturesRead,
  { cwd, signal, onProgress }: ReadPicturesOptions,
): Promise<PictureTable> {
  if (source === undefined)
    throw unreadable("missing", "name a folder of pictures", "one with a folder for each class");
  const path = resolve(cwd, source);
  const reading = readSet(path, source, {
    choose: (count) => {
      const most = Math.min(count, limit ?? count);
      const wanted = sample ?? (limit === undefined ? usualSample : most);
      return wanted < most ? drawn(most, wanted, sampleSeed) : whole(most);
    },
    ...{ size: pictureSize, rgb },
    onProgress: (done) => {
      signal?.throwIfAborted();
      onProgress?.(done);
    },
  });
  const set = await reading.catch((error) => {
    // The readers say which file it is; errors without a problem are faults of this program.
    const problem = problemOf(error);
    throw problem === undefined || error instanceof TableReadError ? error : new TableReadError(problem, error);
  });
  const read = set.pictures.length;
  const isOurDraw = read < set.count && sample === undefined && limit === undefined;
  const message = `${read} of ${set.count} pictures at random; --sample takes more`;
  const notes: ReadNote[] = isOurDraw ? [{ severity: "note", code: "sampled", message }] : [];
  return pictureTable(set, basename(path), notes);
}

async function readSet(path: string, source: string, options: PictureSetOptions): Promise<PictureSet> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw unreadable("missing", `there is no ${source}`, "name a folder of pictures");
  const isFolder = found.isDirectory();
  const images = imagesFileOf(path, isFolder);
  if (images === undefined && !(isFolder && hasFolders(path))) {
    throw unreadable(
      "wrong-value",
      `there are no pictures in ${source}: expected a folder for each class with PNG or JPEG files in it (cat/1.png, dog/2.jpg), ` +
        "or IDX files as MNIST has them, …-images-idx3-ubyte and …-labels-idx1-ubyte, with or without .gz",
    );
  }
  return images === undefined ? readClassFolders(path, options) : readIdxFiles(images, options);
}

function hasFolders(path: string): boolean {
  return readdirSync(path, { withFileTypes: true }).some(
    (entry) => !entry.name.startsWith(".") && statSync(join(path, entry.name)).isDirectory(),
  );
}

/** So many of them at random, in their order. */
function drawn(count: number, wanted: number, seed: number): Int32Array {
  const order = randperm(count, { generator: new Generator(seed) }).data as ArrayLike<number>;
  return Int32Array.from(order).slice(0, wanted).sort();
}

function whole(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
