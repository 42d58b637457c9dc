import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { derivedFiles } from "../scripts/options/derived.ts";
import { optionSets } from "../scripts/options/sets.ts";
import { root } from "./sources.ts";

/**
 * Options are declared once; what is derived from the declarations and kept in files is what they
 * say today.
 */

it.each([...derivedFiles()])("%s is what `npm run docs` writes", (path, text) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

it.each(optionSets.map((set) => [set.name, set.options] as const))("defaults of %s pass their checks", (_, options) => {
  for (const [name, { check, default: value }] of Object.entries(options)) {
    if (value !== undefined) expect([name, check.isKind(value) && check.fits(value)]).toEqual([name, true]);
  }
});

it.each(optionSets.map((set) => [set.name, set.options] as const))("texts of %s are sentences", (_, options) => {
  for (const { help, off = "Off." } of Object.values(options)) {
    for (const text of [help, off]) expect(text).toMatch(/^[A-Z].*\.$/s);
  }
});
