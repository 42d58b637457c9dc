import { readFileSync } from "node:fs";
import { manualSeed, rand, type Tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { decodePicture } from "./decode.ts";
import type { Image, Picture } from "./picture.ts";
import * as transforms from "./transforms/index.ts";

// Against torchvision and PIL, byte by byte: test/goldens/make_vision.py

interface Stored extends Omit<Picture, "data"> {
  readonly data: string;
}

interface Goldens {
  readonly files: Readonly<Record<string, { readonly file: string; readonly RGB: Stored; readonly L: Stored }>>;
  readonly resized: readonly {
    readonly image: Stored;
    readonly size: number | number[];
    readonly interpolation: "bilinear" | "nearest";
    readonly output: Stored;
  }[];
  readonly drawn: readonly {
    readonly name: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly seed: number;
    readonly image: Stored;
    readonly outputs: readonly Stored[];
    readonly after: number;
  }[];
  readonly fixed: readonly {
    readonly name: string;
    readonly args: readonly never[];
    readonly image: Stored;
    readonly output: Stored;
  }[];
  readonly tensors: readonly {
    readonly image: Stored;
    readonly shape: readonly number[];
    readonly plain: string;
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly normal: string;
  }[];
}

const { CenterCrop, Grayscale, Pad, RandomCrop, RandomHorizontalFlip, RandomVerticalFlip } = transforms;
type Make = new (...args: readonly never[]) => transforms.Transform;
const classes: Readonly<Record<string, Make>> = {
  CenterCrop,
  Grayscale,
  Pad,
  RandomHorizontalFlip,
  RandomVerticalFlip,
};

const path = new URL("../../../test/goldens/vision.json", import.meta.url);
const goldens = JSON.parse(readFileSync(path, "utf8")) as Goldens;

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const pictureOf = (stored: Stored): Picture => ({ ...stored, data: bytesOf(stored.data) });
const floatsOf = (text: string) => [...new Float32Array(bytesOf(text).buffer)];

/** [0..255] tensors through the same steps: a picture's channels first. */
function asPlanes({ width, height, channels, data }: Picture): Tensor {
  return new transforms.ToTensor().apply({ width, height, channels, data }).mul(255).round();
}

describe("decodePicture", () => {
  it.each(Object.entries(goldens.files))("%s", async (_, { file, RGB, L }) => {
    expect(await decodePicture(bytesOf(file))).toEqual(pictureOf(RGB));
    expect(await decodePicture(bytesOf(file), { mode: "L" })).toEqual(pictureOf(L));
  });
});

describe("Resize", () => {
  it.each(goldens.resized)("$interpolation to $size", ({ image, size, interpolation, output }) => {
    expect(new transforms.Resize(size, { interpolation }).apply(pictureOf(image))).toEqual(pictureOf(output));
  });
});

describe("transforms that draw", () => {
  it.each(goldens.drawn)("$name $options", ({ name, options, seed, image, outputs, after }) => {
    const { p, size, pad_if_needed: padIfNeeded = false, ...rest } = options;
    const make = (): transforms.Transform =>
      name === "RandomCrop"
        ? new RandomCrop(size as number, { padIfNeeded: padIfNeeded as boolean, ...rest })
        : new classes[name](p as never);
    manualSeed(seed);
    const step = make();
    expect(outputs.map(() => step.apply(pictureOf(image)))).toEqual(outputs.map(pictureOf));
    expect(rand([1]).item()).toBe(after);
    manualSeed(seed);
    const planes = outputs.map(() => (step.apply(asPlanes(pictureOf(image))) as Tensor).toArray());
    expect(planes).toEqual(outputs.map((output) => asPlanes(pictureOf(output)).toArray()));
  });
});

describe("transforms that draw nothing", () => {
  it.each(goldens.fixed)("$name $args", ({ name, args, image, output }) => {
    const step = new classes[name](...args);
    const expected = pictureOf(output);
    expect(step.apply(pictureOf(image))).toEqual(expected);
    if (name === "Grayscale") return;
    expect((step.apply(asPlanes(pictureOf(image))) as Tensor).toArray()).toEqual(asPlanes(expected).toArray());
  });
});

describe("ToTensor and Normalize", () => {
  it.each(goldens.tensors)("$shape", ({ image, shape, plain, mean, std, normal }) => {
    const given: Image = pictureOf(image);
    const x = new transforms.ToTensor().apply(given);
    expect([x.shape, [...x.data]]).toEqual([shape, floatsOf(plain)]);
    const both = new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize(mean, std)]);
    expect([...(both.apply(given) as Tensor).data]).toEqual(floatsOf(normal));
  });
});
