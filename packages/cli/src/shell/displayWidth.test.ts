import { expect, test } from "vitest";
import { cutToWidth, displayWidth, padToWidth } from "./displayWidth.ts";

test.each([
  ["", 0],
  ["raw, BatchNorm", 14],
  ["\u001b[32m✓ held\u001b[39m", 6],
  ["é".normalize("NFD"), 1],
  ["深層", 4],
  ["🚢", 2],
  ["👩‍🔬", 2],
  ["├──●──┤", 7],
])("%j takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("what is cut fits with its mark, and no character is halved", () => {
  expect(cutToWidth("BatchNorm", 9)).toBe("BatchNorm");
  expect(cutToWidth("BatchNorm", 8)).toBe("BatchNo…");
  expect(cutToWidth("BatchNorm", 8, "...")).toBe("Batch...");
  expect(cutToWidth("深層ネット", 6)).toBe("深層…");
  expect(padToWidth("深層", 6)).toBe("深層  ");
});
