import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { opReference } from "../scripts/opReference.ts";

const reference = opReference();

it("docs/ops.md is what the op table says; if not, run `npx tsx scripts/opReference.ts`", () => {
  expect(readFileSync(new URL("../docs/ops.md", import.meta.url), "utf8")).toBe(reference);
});

it("every row has a meaning: the comment above it", () => {
  expect(reference.match(/^\| `[^`]*` \| +\|/gm)).toBeNull();
});
