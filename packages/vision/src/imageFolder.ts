import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { type Tensor, tensor } from "evenkeel";
import type { Dataset } from "evenkeel/data";
import { because, type Check, check, checkOptions, describe, listOf, mismatch, refuse, string } from "evenkeel/problem";
import { type DecodeOptions, readPicture } from "./decode.ts";
import { isPicture, type Picture } from "./picture.ts";
import { asTensor, run, type Step, ToTensor, toSteps } from "./transforms/index.ts";

export interface ImageFolderOptions extends DecodeOptions {
  /**
   * The transform of a picture on each access. Default `new ToTensor()`: [channels, height, width],
   * from 0 to 1.
   */
  readonly transform?: Step | undefined;
  /**
   * The transform of each picture when it is read, such as a Resize; its result is kept in memory.
   */
  readonly prepare?: Step | undefined;
  /**
   * Which files are read, by the end of their names. Default .jpg, .jpeg, .png, .webp, .gif, .tif
   * and .tiff.
   */
  readonly extensions?: readonly string[] | undefined;
  /**
   * Given how many pictures there are, the positions of those to read; the others are not decoded.
   * Default all.
   */
  readonly choose?: ((count: number) => ArrayLike<number>) | undefined;
  /** Called after each picture with the numbers of pictures read and to read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const known = ["mode", "transform", "prepare", "extensions", "choose", "onProgress"];
const usual = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff"];

/** Pictures that are decoded at the same time. */
const atOnce = 8;

/** An item: the picture, a tensor, and its class, a 0-d int32 tensor. */
type Item = [Tensor, Tensor];

/**
 * A folder with a folder of pictures for each class: `pets/cat/1.jpg`, `pets/dog/2.png`. Classes
 * are numbered in the order of their names, and their pictures come folder by folder. Names that
 * start with a dot are passed over. Links are followed, but not to a folder that they stand in. All
 * pictures, or those that are chosen, are decoded when it is opened, and kept in memory.
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html
 *
 * @example
 * const pets = await ImageFolder.open("pets", { prepare: new Resize([32, 32]), transform: new ToTensor() });
 * const loader = new DataLoader(pets, { batchSize: 32, shuffle: true });
 */
export class ImageFolder implements Dataset<Item> {
  /** The names of the classes, in the order of their numbers. */
  readonly classes: readonly string[];
  /** Where each picture was read, and the number of its class. */
  readonly samples: readonly (readonly [path: string, target: number])[];
  /** The pictures, prepared. */
  readonly pictures: readonly Picture[];
  readonly #steps: readonly Step[];

  private constructor(
    classes: readonly string[],
    samples: readonly (readonly [string, number])[],
    pictures: readonly Picture[],
    transform: Step,
  ) {
    this.classes = classes;
    this.samples = samples;
    this.pictures = pictures;
    this.#steps = toSteps("ImageFolder", transform);
  }

  /**
   * Reads all pictures of a folder.
   * @throws Error if there is no such folder, it has no folders of classes, a class has no
   *   pictures, or one cannot be read
   * @throws TypeError, RangeError for an unknown option, or one that cannot be
   * @throws RangeError if a position is chosen where there is no picture
   */
  static async open(root: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
    checkOptions("ImageFolder", options, known);
    const { transform = new ToTensor(), prepare, extensions = usual, choose, mode, onProgress } = options;
    toSteps("ImageFolder", transform);
    const preparing = prepare === undefined ? [] : toSteps("ImageFolder", prepare);
    checkExtensions(extensions);
    const classes = await classesOf(root);
    const all = await samplesOf(root, classes, extensions);
    const samples = choose === undefined ? all : chosenOf(all, choose(all.length));
    const pictures = new Array<Picture>(samples.length);
    let next = 0;
    let done = 0;
    const reader = async () => {
      for (let i = next++; i < samples.length; i = next++) {
        const picture = run(preparing, await readPicture(samples[i][0], { mode }));
        if (!isPicture(picture)) {
          throw mismatch("wrong-type", "ImageFolder", `prepare made ${describe(picture)} of a picture`, "a picture");
        }
        pictures[i] = picture;
        onProgress?.(++done, samples.length);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, reader));
    return new ImageFolder(classes, samples, pictures, transform);
  }

  get length(): number {
    return this.pictures.length;
  }

  /** The numbers of the classes, one for each picture. */
  get targets(): number[] {
    return this.samples.map(([, target]) => target);
  }

  /** @throws RangeError if there is no such item */
  get(index: number): Item {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw mismatch(
        "wrong-value",
        "ImageFolder",
        `index ${describe(index)} is out of range`,
        `0 to ${this.length - 1}`,
      );
    }
    const picture = asTensor("ImageFolder", this.#steps, this.pictures[index]);
    return [picture, tensor(this.samples[index][1], { dtype: "int32" })];
  }
}

/** By code units, as Python sorts names. */
const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Folder by folder, as torchvision goes through them. */
const byFolder = (a: string, b: string) => inOrder(dirname(a), dirname(b)) || inOrder(a, b);

function checkExtensions(extensions: unknown): void {
  const expected = 'the end of a name from its dot, such as ".png"';
  const isEnd: Check<string> = { ...string(), expected, fits: (end) => end.startsWith(".") };
  check("ImageFolder", "extensions", extensions, listOf(isEnd, 'a list of ends of names, such as [".png"]'));
}

const isHidden = (name: string) => name.startsWith(".");

async function classesOf(root: string): Promise<string[]> {
  const names = (await list(root)).filter((name) => !isHidden(name));
  const folders = await Promise.all(names.map((name) => isFolder(join(root, name))));
  const classes = names.filter((_, i) => folders[i]).sort(inOrder);
  if (classes.length > 0) return classes;
  throw mismatch(
    "unreadable",
    "ImageFolder",
    `${root} has no folders`,
    `one for each class with its pictures in it, as in ${join(root, "cat", "1.jpg")}`,
  );
}

async function samplesOf(
  root: string,
  classes: readonly string[],
  extensions: readonly string[],
): Promise<(readonly [string, number])[]> {
  const samples: (readonly [string, number])[] = [];
  const ends = extensions.map((end) => end.toLowerCase());
  for (const [target, name] of classes.entries()) {
    const paths = (await filesBelow(join(root, name))).filter((path) => ends.includes(extname(path).toLowerCase()));
    if (paths.length === 0) {
      throw refuse(
        "unreadable",
        "ImageFolder",
        `the folder of class ${JSON.stringify(name)} in ${root} has no pictures (${extensions.join(", ")})`,
        "remove it, or put its pictures there",
      );
    }
    samples.push(...paths.sort(byFolder).map((path) => [path, target] as const));
  }
  return samples;
}

function chosenOf<T>(all: readonly T[], positions: ArrayLike<number>): T[] {
  return Array.from(positions, (position) => {
    if (Number.isInteger(position) && position >= 0 && position < all.length) return all[position];
    throw mismatch(
      "wrong-value",
      "ImageFolder",
      `choose gave position ${describe(position)} of ${all.length} pictures`,
      `0 to ${all.length - 1}`,
    );
  });
}

/** `within`: where the folders really are that this one is in. */
async function filesBelow(folder: string, within: readonly string[] = []): Promise<string[]> {
  const place = await realpath(folder);
  if (within.includes(place)) return [];
  const names = (await list(folder)).filter((name) => !isHidden(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return (await isFolder(path)) ? filesBelow(path, [...within, place]) : [path];
    }),
  );
  return found.flat();
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such folder" : code === "ENOTDIR" ? "it is a file" : String(error);
    throw because(refuse("unreadable", "ImageFolder", `${folder} cannot be opened: ${why}`), error);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A broken link: reading it gives the error, if it has the name of a picture.
    return false;
  }
}
