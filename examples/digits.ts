import { readFileSync } from "node:fs";
import { randperm, type Tensor, tensor } from "evenkeel";

/**
 * Handwritten digits as the mnist package has them: 10,000 pictures of 28 x 28, values from 0 to 1.
 */
export interface Digits {
  /** [N, 1, 28, 28] */
  readonly x: Tensor;
  /** [N], int32: which digit */
  readonly y: Tensor;
}

/** All digits, or the first `most` of them, in an order drawn from the default generator. */
export function readDigits(most = 10_000): Digits {
  const pixels: number[] = [];
  const classes: number[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const file = new URL(`./digits/${digit}.json`, import.meta.resolve("mnist"));
    const { data }: { data: number[] } = JSON.parse(readFileSync(file, "utf8"));
    const count = Math.floor(data.length / 784);
    for (let i = 0; i < count * 784; i++) pixels.push(data[i]);
    for (let i = 0; i < count; i++) classes.push(digit);
  }
  const order = randperm(classes.length).narrow(0, 0, most);
  return {
    x: tensor(pixels).reshape(-1, 1, 28, 28).indexSelect(0, order),
    y: tensor(classes, { dtype: "int32" }).indexSelect(0, order),
  };
}

/** A picture [H, W] as text, two pixels of a column in each character. */
export function draw(picture: Tensor): string {
  const [height, width] = picture.shape;
  const value = (row: number, column: number) => (row < height ? picture.get(row, column).item() : 0);
  const most = Math.max(1e-6, picture.amax().item());
  const shades = " .:-=+*#%@";
  const lines: string[] = [];
  for (let row = 0; row < height; row++) {
    const shadeOf = (column: number) => shades[Math.max(0, Math.min(9, Math.round((value(row, column) / most) * 9)))];
    lines.push(Array.from({ length: width }, (_, column) => shadeOf(column).repeat(2)).join(""));
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
