import { access } from "node:fs/promises";
import { join } from "node:path";
import { type Tensor, tensor } from "evenkeel";
import type { Dataset } from "evenkeel/data";
import { check, checkOptions, describe, flag, mismatch, refuse } from "evenkeel/problem";
import { readIdxArray } from "./idx.ts";
import type { Picture } from "./picture.ts";
import { asTensor, type Step, ToTensor, toSteps } from "./transforms/index.ts";

export interface MNISTOptions {
  /** The 60,000 pictures to train on, or the 10,000 to test with. Default true. */
  readonly train?: boolean | undefined;
  /**
   * The transform of a picture on each access. Default `new ToTensor()`: [1, 28, 28], from 0 to 1.
   */
  readonly transform?: Step | undefined;
}

/**
 * An item: the picture, [1, 28, 28] without transforms of your own, and its class, a 0-d int32
 * tensor.
 */
type Item = [Tensor, Tensor];

/**
 * The four IDX files of MNIST, or of a dataset in its form, such as Fashion-MNIST (Debian's package
 * `dataset-fashion-mnist` has it in /usr/share/datasets/fashion-mnist). Nothing is downloaded.
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
 *
 * @example
 * const digits = await MNIST.open("data/mnist", { train: true });
 * const loader = new DataLoader(digits, { batchSize: 64, shuffle: true });
 */
export class MNIST implements Dataset<Item> {
  /** [N, 28, 28], bytes */
  readonly data: Uint8Array;
  /** [N] */
  readonly targets: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly #steps: readonly Step[];

  private constructor(data: Uint8Array, [height, width]: readonly number[], targets: Uint8Array, transform: Step) {
    this.data = data;
    this.targets = targets;
    this.height = height;
    this.width = width;
    this.#steps = toSteps("MNIST", transform);
  }

  /**
   * Reads pictures and classes from a folder: `train-images-idx3-ubyte` and so on, packed by gzip
   * (.gz) or not, in it or in its `MNIST/raw`, `FashionMNIST/raw` or `raw`, where torchvision puts
   * them.
   * @throws Error if a file is missing or damaged, or the two do not belong together
   */
  static async open(folder: string, options: MNISTOptions = {}): Promise<MNIST> {
    checkOptions("MNIST", options, ["train", "transform"]);
    const { train = true, transform = new ToTensor() } = options;
    check("MNIST", "train", train, flag());
    const part = train ? "train" : "t10k";
    const [images, labels] = await Promise.all([
      readIdxArray(await find(folder, `${part}-images-idx3-ubyte`)),
      readIdxArray(await find(folder, `${part}-labels-idx1-ubyte`)),
    ]);
    const [count, height, width] = images.shape;
    if (images.shape.length !== 3 || !(images.data instanceof Uint8Array)) {
      throw mismatch(
        "damaged-file",
        "MNIST",
        `the pictures have shape [${images.shape.join(", ")}]`,
        "bytes in [N, height, width]",
      );
    }
    if (labels.shape.length !== 1 || labels.shape[0] !== count || !(labels.data instanceof Uint8Array)) {
      throw mismatch(
        "damaged-file",
        "MNIST",
        `the classes have shape [${labels.shape.join(", ")}]`,
        `bytes in [${count}], one for each picture`,
      );
    }
    return new MNIST(images.data, [height, width], labels.data, transform);
  }

  get length(): number {
    return this.targets.length;
  }

  /** The picture as it was read. @throws RangeError if there is none at this position */
  picture(index: number): Picture {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw mismatch("wrong-value", "MNIST", `index ${describe(index)} is out of range`, `0 to ${this.length - 1}`);
    }
    const { width, height } = this;
    const size = width * height;
    return { width, height, channels: 1, data: this.data.subarray(index * size, (index + 1) * size) };
  }

  /** @throws RangeError if there is no such item */
  get(index: number): Item {
    const picture = asTensor("MNIST", this.#steps, this.picture(index));
    return [picture, tensor(this.targets[index], { dtype: "int32" })];
  }
}

async function find(folder: string, name: string): Promise<string> {
  const places = ["", "raw", "MNIST/raw", "FashionMNIST/raw"];
  const paths = places.flatMap((place) => [join(folder, place, name), join(folder, place, `${name}.gz`)]);
  for (const path of paths) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  throw refuse(
    "unreadable",
    "MNIST",
    `there is no ${name} or ${name}.gz in ${folder}, nor in its folder raw, MNIST/raw or FashionMNIST/raw`,
  );
}
