import { expect, test } from "vitest";
import { previewOf } from "./preview.ts";

test("a preview has the first rows as texts, and nothing where a value is missing", () => {
  const none = Number.NaN;
  const columns = [
    { name: "n", type: "number" as const, values: Float64Array.of(1.5, none, 3) },
    { name: "t", type: "text" as const, codes: Int32Array.of(1, -1, 0), dictionary: ["a", "b"] },
    { name: "b", type: "boolean" as const, values: Uint8Array.of(1, 255, 0) },
    { name: "d", type: "date" as const, values: Float64Array.of(Date.UTC(2024, 1, 29), none, 1000) },
  ];
  expect(previewOf({ rows: 3, columns }, 2)).toEqual([
    ["1.5", "b", "true", "2024-02-29"],
    [undefined, undefined, undefined, undefined],
  ]);
  expect(previewOf({ rows: 3, columns }, 5)[2]).toEqual(["3", "a", "false", "1970-01-01T00:00:01.000Z"]);
});
