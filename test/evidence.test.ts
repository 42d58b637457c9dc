import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { roundedTables } from "../evidence/finding.ts";
import { findings } from "../evidence/findings.ts";
import { pages, storedFigures } from "../evidence/pages.ts";
import { pageWith } from "./simulations/page.ts";
import { worlds } from "./simulations/worlds.ts";
import { root } from "./sources.ts";

/**
 * The pages of docs/evidence show the figures that are stored. Most trainings take too long for
 * the tests; `npm run evidence -- all` compares them too.
 */

describe.each(findings)("the evidence on $name", (finding) => {
  const stored = storedFigures(finding);

  it("is stored, and its verdict follows from its tables", () => {
    const { tables, ...conclusion } = stored!;
    expect(finding.conclude(tables)).toEqual(conclusion);
  });
});

const texts = [...pages()].map(([path, text]) => ({ path: relative(root, path), text }));

it.each(texts)("$path shows the stored figures", ({ path, text }) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

it("docs/evidence/simulations.md shows the stored shares of all worlds", () => {
  const stored = JSON.parse(readFileSync(join(root, "docs/evidence/figures/simulations.json"), "utf8"));
  expect(Object.keys(stored.worlds)).toEqual(Object.keys(worlds));
  const page = readFileSync(join(root, "docs/evidence/simulations.md"), "utf8");
  expect(pageWith(page, stored)).toBe(page);
});

it("no figures or pages are left of findings that are gone", () => {
  const names = findings.map(({ name }) => name);
  const stored = readdirSync(join(root, "docs/evidence/figures"));
  expect(stored.sort()).toEqual([...names, "simulations", "times"].map((name) => `${name}.json`).sort());
  const files = readdirSync(join(root, "docs/evidence")).filter((name) => name.endsWith(".md"));
  expect(files.sort()).toEqual([...names, "README", "defaults", "simulations"].map((name) => `${name}.md`).sort());
});

/** Their first part trains nothing. */
const quick = findings.filter(({ name }) => ["dropout", "batches"].includes(name));

it.each(quick)("the first tables of $name have the stored bytes when they are made again", async (finding) => {
  const made = roundedTables(await finding.parts[0](0, () => {}));
  expect(Object.keys(made).length).toBeGreaterThan(0);
  for (const [name, table] of Object.entries(made)) {
    expect(JSON.stringify(table)).toBe(JSON.stringify(storedFigures(finding)?.tables[name]));
  }
});
