import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { manualSeed, type Tensor, zeros } from "evenkeel";
import { DataLoader } from "evenkeel/data";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  decodePicture,
  ImageFolder,
  MNIST,
  parseIdx,
  pictureOf,
  readIdx,
  readIdxArray,
  readPicture,
  transforms,
} from "./index.ts";

const { CenterCrop, Compose, Grayscale, Lambda, Normalize, Pad, RandomCrop, RandomHorizontalFlip, Resize, ToTensor } =
  transforms;

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vision-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A plain picture in one colour. */
const png = (colour: string, width = 3, height = 2) =>
  sharp({ create: { width, height, channels: 3, background: colour } })
    .png()
    .toBuffer();

async function put(name: string, content: Uint8Array | string): Promise<void> {
  await mkdir(join(at(name), ".."), { recursive: true });
  await writeFile(at(name), content);
}

function idx(kind: number, shape: readonly number[], data: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, kind, shape.length, ...sizes, ...data]);
}

describe("ImageFolder", () => {
  beforeAll(async () => {
    await put("pets/dog/b.png", await png("red"));
    await put("pets/dog/deep/a.PNG", await png("blue"));
    await put("pets/dog/notes.txt", "not a picture");
    await put("pets/cat/z.png", await png("lime"));
    await put("pets/.hidden/x.png", "nothing");
    await put("pets/readme.md", "a file among the classes");
  });

  it("numbers classes and pictures in the order of their names, and leaves out what is no picture", async () => {
    const pets = await ImageFolder.open(at("pets"));
    expect(pets.classes).toEqual(["cat", "dog"]);
    expect(pets.samples).toEqual([
      [at("pets/cat/z.png"), 0],
      [at("pets/dog/b.png"), 1],
      [at("pets/dog/deep/a.PNG"), 1],
    ]);
    expect(pets.targets).toEqual([0, 1, 1]);
    const [x, y] = pets.get(2);
    expect([x.shape, x.dtype, x.amax([1, 2]).toArray()]).toEqual([[3, 2, 3], "float32", [0, 0, 1]]);
    expect([y.shape, y.dtype, y.item()]).toEqual([[], "int32", 1]);
    expect(() => pets.get(3)).toThrow("ImageFolder: index 3 is out of range, expected 0 to 2");
  });

  it("goes folder by folder, as torchvision does, through links and names of any kind", async () => {
    const names = [
      "constructor/z.PNG",
      "constructor/deep/a.png",
      "constructor/a b.png",
      "__proto__/ä\n.png",
      "__proto__/.x.png",
    ];
    for (const name of names) await put(`odd/${name}`, await png("red"));
    await symlink(at("odd/__proto__"), at("odd/constructor/linked"));
    await symlink(at("odd/constructor"), at("odd/constructor/deep/back"));
    await symlink(at("nowhere"), at("odd/constructor/lost"));
    await symlink("itself", at("odd/itself"));
    const { classes, samples } = await ImageFolder.open(at("odd"), { extensions: [".PNG"] });
    expect(classes).toEqual(["__proto__", "constructor"]);
    expect(samples).toEqual([
      [at("odd/__proto__/ä\n.png"), 0],
      [at("odd/constructor/a b.png"), 1],
      [at("odd/constructor/z.PNG"), 1],
      [at("odd/constructor/deep/a.png"), 1],
      [at("odd/constructor/linked/ä\n.png"), 1],
    ]);
  });

  it("feeds a DataLoader with transforms that draw each time, the same from the same seed", async () => {
    const transform = new Compose([new RandomCrop(2, { padding: 1 }), new ToTensor()]);
    const steps: number[] = [];
    const pets = await ImageFolder.open(at("pets"), { transform, onProgress: (done) => steps.push(done) });
    expect(steps).toEqual([1, 2, 3]);
    const epoch = () => [...new DataLoader(pets, { batchSize: 2 })].map(([x, y]) => [x.toArray(), y.toArray()]);
    manualSeed(3);
    const first = epoch();
    expect(epoch()).not.toEqual(first);
    manualSeed(3);
    expect(epoch()).toEqual(first);
    expect(first.map(([, y]) => y)).toEqual([[0, 1], [1]]);
  });

  it("prepares pictures once", async () => {
    let calls = 0;
    const prepare = new Compose([
      new Lambda((x) => {
        calls++;
        return x;
      }),
      new Resize([4, 5]),
    ]);
    const pets = await ImageFolder.open(at("pets"), { prepare, mode: "L" });
    expect(pets.get(0)[0].shape).toEqual([1, 4, 5]);
    pets.get(0);
    expect(calls).toBe(3);
  });

  it("decodes those that are chosen, and leaves the others alone", async () => {
    await put("part/a/1.png", await png("red"));
    await put("part/a/2.png", "no picture");
    await put("part/b/1.png", await png("blue"));
    const open = (choose: (count: number) => number[]) => ImageFolder.open(at("part"), { choose });
    const part = await open((count) => [count - 1, 0]);
    expect(part.samples).toEqual([
      [at("part/b/1.png"), 1],
      [at("part/a/1.png"), 0],
    ]);
    expect(part.get(0)[0].get(2, 0, 0).item()).toBe(1);
    expect([part.classes, part.length]).toEqual([["a", "b"], 2]);
    await expect(open(() => [3])).rejects.toThrow(/choose gave position 3 of 3 pictures, expected 0 to 2/);
  });

  it("says which folder or picture is wrong", async () => {
    await put("empty/a/none.txt", "");
    await put("flat/1.png", await png("red"));
    await put("damaged/a/1.png", (await png("red", 50, 50)).subarray(0, 90));
    await put("damaged/a/2.jpg", "no picture at all");
    await expect(ImageFolder.open(at("nowhere"))).rejects.toThrow(/nowhere cannot be opened: there is no such folder/);
    await expect(ImageFolder.open(at("flat/1.png"))).rejects.toThrow(/1\.png cannot be opened: it is a file/);
    await expect(ImageFolder.open(at("flat"))).rejects.toThrow(/flat has no folders, expected one for each class/);
    await expect(ImageFolder.open(at("empty"))).rejects.toThrow(/the folder of class "a" in .*empty has no pictures/);
    await expect(ImageFolder.open(at("damaged"))).rejects.toThrow(
      /damaged.a.[12]\.(png|jpg) cannot be read as a picture/,
    );
    await expect(ImageFolder.open(at("pets"), { transform: ToTensor as never })).rejects.toThrow(
      /transform is the class ToTensor, expected a transform such as new ToTensor\(\).*; write new ToTensor\(/,
    );
    await expect(ImageFolder.open(at("pets"), { transforms: [] } as never)).rejects.toThrow(
      /unknown option "transforms"/,
    );
    const extensions = "png" as never;
    await expect(ImageFolder.open(at("pets"), { extensions })).rejects.toThrow(/extensions is "png", expected a list/);
    await expect(ImageFolder.open(at("pets"), { extensions: ["png"] })).rejects.toThrow(
      /extensions\[0\] is "png", expected .* from its dot, such as "\.png"/,
    );
    await put("lost/a/1.png", await png("red"));
    await symlink(at("nowhere.png"), at("lost/a/2.png"));
    await expect(ImageFolder.open(at("lost"))).rejects.toThrow(/2\.png cannot be read as a picture: ENOENT/);
    await put("blank/a/1.png", "");
    await expect(ImageFolder.open(at("blank"))).rejects.toThrow(/1\.png cannot be read as a picture: .*empty/);
    await expect(readPicture(at("pets"))).rejects.toThrow(/readPicture: .*pets cannot be read as a picture: EISDIR/);
    await expect(ImageFolder.open(at("pets"), { prepare: new ToTensor() })).rejects.toThrow(/prepare made Tensor/);
    const bare = await ImageFolder.open(at("pets"), { transform: new Resize(1) });
    expect(() => bare.get(0)).toThrow(/the transforms made a picture, expected a Tensor; let new ToTensor\(\) be one/);
    await expect(readPicture(at("damaged/a/2.jpg"))).rejects.toThrow(/2\.jpg cannot be read as a picture/);
    await expect(decodePicture(new Uint8Array(3), { mode: "CMYK" as never })).rejects.toThrow(/mode is "CMYK"/);
  });
});

describe("IDX files", () => {
  it.each([
    [
      "bytes",
      idx(8, [2, 3], [0, 1, 2, 253, 254, 255]),
      "int32",
      [
        [0, 1, 2],
        [253, 254, 255],
      ],
    ],
    ["signed bytes", idx(9, [2], [255, 127]), "int32", [-1, 127]],
    ["shorts", idx(11, [2], [255, 254, 1, 0]), "int32", [-2, 256]],
    ["ints", idx(12, [1, 1], [128, 0, 0, 0]), "int32", [[-(2 ** 31)]]],
    ["floats", idx(13, [1], [0x3f, 0xc0, 0, 0]), "float32", [1.5]],
    ["doubles", idx(14, [1], [0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18]), "float64", [Math.PI]],
    ["a single number", idx(8, [], [7]), "int32", 7],
    ["none", idx(8, [0, 4], []), "int32", []],
  ])("%s, packed or not", async (name, bytes, dtype, expected) => {
    for (const content of [bytes, gzipSync(bytes)]) {
      await put(`idx/${name}`, content);
      const x = await readIdx(at("idx", name));
      expect([x.dtype, x.toArray()]).toEqual([dtype, expected]);
      const { shape, data } = await readIdxArray(at("idx", name));
      expect([shape, [...data]]).toEqual([x.shape, [...x.data]]);
    }
  });

  it.each([
    ["empty", new Uint8Array(), /is no IDX file: it starts with ""/],
    ["text", Buffer.from("a,b\n"), /is no IDX file: it starts with "61 2c 62 0a"/],
    ["unknown kind", idx(10, [1], [0]), /is no IDX file: it starts with "00 00 0a 01"/],
    ["cut off in its sizes", idx(8, [2, 3], []).subarray(0, 9), /ends after 9 bytes, within its 2 sizes/],
    ["cut off", idx(8, [2, 3], [1, 2]), /has 14 bytes, expected 18 for shape \[2, 3\]; it was cut off/],
    ["too long", idx(8, [2], [1, 2, 3]), /has 11 bytes, expected 10/],
    ["sizes beyond all memory", idx(8, [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], [1]), /was cut off, or is damaged/],
  ])("refuses what is %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(message);
  });

  it("names the file that is missing or cannot be unpacked", async () => {
    await put("idx/broken.gz", gzipSync(idx(8, [2], [1, 2])).subarray(0, 20));
    await expect(readIdx(at("idx/broken.gz"))).rejects.toThrow(/broken\.gz cannot be unpacked/);
    await expect(readIdx(at("idx/missing"))).rejects.toThrow(/missing/);
  });
});

describe("MNIST", () => {
  const write = (name: string, count: number, labels = count) =>
    Promise.all([
      put(
        `${name}-images-idx3-ubyte.gz`,
        gzipSync(
          idx(
            8,
            [count, 2, 3],
            Array.from({ length: count * 6 }, (_, i) => i),
          ),
        ),
      ),
      put(
        `${name}-labels-idx1-ubyte`,
        idx(
          8,
          [labels],
          Array.from({ length: labels }, (_, i) => i % 10),
        ),
      ),
    ]);

  it("pairs pictures and classes, of either part", async () => {
    await write("digits/MNIST/raw/train", 12);
    await write("digits/MNIST/raw/t10k", 3);
    const train = await MNIST.open(at("digits"));
    expect(train.length).toBe(12);
    const [x, y] = train.get(11);
    expect([x.shape, y.item()]).toEqual([[1, 2, 3], 1]);
    expect(x.mul(255).round().toArray()).toEqual([
      [
        [66, 67, 68],
        [69, 70, 71],
      ],
    ]);
    const test = await MNIST.open(at("digits"), {
      train: false,
      transform: (image) => new ToTensor().apply(image).add(1),
    });
    const [batch] = [...new DataLoader(test, { batchSize: 3 })];
    expect([batch[0].shape, batch[1].toArray(), batch[0].min().item()]).toEqual([[3, 1, 2, 3], [0, 1, 2], 1]);
    expect(() => test.get(-1)).toThrow("MNIST: index -1 is out of range, expected 0 to 2");
  });

  it("says what is missing, or does not belong together", async () => {
    await write("odd/train", 4, 3);
    await expect(MNIST.open(at("odd"))).rejects.toThrow(/the classes have shape \[3\], expected bytes in \[4\]/);
    await expect(MNIST.open(at("odd"), { train: false })).rejects.toThrow(/there is no t10k-images-idx3-ubyte or/);
    await expect(MNIST.open(at("odd"), { train: 1 as never })).rejects.toThrow(/train is 1, expected true or false/);
    await put("odd/t10k-images-idx3-ubyte", idx(8, [2, 2], [1, 2, 3, 4]));
    await put("odd/t10k-labels-idx1-ubyte", idx(8, [2], [1, 2]));
    await expect(MNIST.open(at("odd"), { train: false })).rejects.toThrow(
      /have shape \[2, 2\], expected bytes in \[N, /,
    );
  });
});

describe("misuse of transforms", () => {
  const image = pictureOf(new Uint8Array(6), { width: 3, height: 2, channels: 1 });
  it.each<[string, () => unknown, RegExp]>([
    ["no transforms", () => new Compose(new ToTensor() as never), /Compose: transforms is ToTensor, expected an array/],
    ["a class", () => new Compose([ToTensor as never]), /the class ToTensor/],
    ["null", () => new Compose([null as never]), /transform is null/],
    ["no function", () => new Lambda(3 as never), /Lambda: lambda is 3, expected a function/],
    [
      "a crop larger than the picture",
      () => new RandomCrop(3).apply(image),
      /crop size 3 x 3 is larger than input image size 2 x 3/,
    ],
    [
      "a size of 0",
      () => new RandomCrop(0),
      /size is 0, expected a whole number of at least 1, or two as \[height, width\]/,
    ],
    ["three sizes", () => new CenterCrop([1, 2, 3]), /size is \[1, 2, 3\]/],
    ["three margins", () => new Pad([1, 2, 3]), /padding is \[1, 2, 3\]/],
    ["a negative margin", () => new RandomCrop(2, { padding: -1 }), /padding is -1/],
    ["a colour as text", () => new Pad(1, { fill: "red" as never }), /fill is "red", expected a number/],
    ["no probability", () => new RandomHorizontalFlip(1.5), /p is 1.5, expected a probability/],
    ["an unknown option", () => new RandomCrop(2, { pad: 1 } as never), /unknown option "pad"/],
    ["a tensor of one dimension", () => new RandomCrop(2).apply(zeros([3])), /a tensor of shape \[3\] given/],
    [
      "text for a picture",
      () => new ToTensor().apply("cat.png" as never),
      /ToTensor: image is "cat.png", expected a picture/,
    ],
    [
      "a picture to normalize",
      () => new Normalize([0], [1]).apply(image),
      /a picture given.*put new ToTensor\(\) before it/,
    ],
    ["three means for one channel", () => new Normalize([0, 0, 0], [1]).apply(zeros([1, 2, 2])), /mean has 3 numbers/],
    ["a std of 0", () => new Normalize([0], [0]), /std is \[0\], expected numbers other than 0/],
    ["no means", () => new Normalize([], [1]), /mean is \[\]/],
    ["two channels of grey", () => new Grayscale(2 as never), /numOutputChannels is 2, expected 1 or 3/],
    ["a tensor to resize", () => new Resize(2).apply(zeros([1, 2, 2])), /Resize: image is Tensor, expected a picture/],
    ["another interpolation", () => new Resize(2, { interpolation: "cubic" as never }), /interpolation is "cubic"/],
    ["bytes of another size", () => pictureOf(new Uint8Array(5), image), /5 bytes given, expected 6/],
    ["floats for bytes", () => pictureOf([0] as never, image), /data is \[0\], expected a Uint8Array/],
    ["two channels", () => pictureOf(new Uint8Array(6), { ...image, channels: 2 as never }), /channels is 2/],
    ["no width", () => pictureOf(new Uint8Array(6), { ...image, width: 0 }), /width is 0/],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });

  it("a tensor keeps its gradient through crops and flips", () => {
    const x = zeros([1, 3, 3], { requiresGrad: true });
    const y = new RandomHorizontalFlip(1).apply(new CenterCrop(1).apply(x)) as Tensor;
    y.sum().backward();
    expect(x.grad?.sum().item()).toBe(1);
  });
});
