import { expect, it } from "vitest";
import { fileName } from "./savePng.ts";

it.each([
  ["Held-out error: Miles_per_Gallon", "held-out-error-miles-per-gallon"],
  ["Größe / Straße", "große-straße"],
  ["価格", "価格"],
  ["../../etc", "etc"],
  ["?!", "chart"],
])("the picture of “%s” is the file %s", (title, name) => {
  expect(fileName(title)).toBe(name);
});
