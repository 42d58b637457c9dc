import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { derivedFiles } from "../scripts/options/derived.ts";
import { optionSets } from "../scripts/options/sets.ts";
import { root, sourcesIn } from "./sources.ts";

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

/** The options of a source that are declared with `optional`: their names, docstrings and defaults. */
function declaredIn(path: string, text: string): { name: string; doc: string; value: string | undefined }[] {
  const found: ReturnType<typeof declaredIn> = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isPropertyAssignment(node) || !ts.isCallExpression(node.initializer)) return;
    const { expression, arguments: given } = node.initializer;
    if (expression.getText() !== "optional") return;
    const doc = ts.getJSDocCommentsAndTags(node).map((comment) => comment.getText().replaceAll(/\s*\n\s*\*\s*/g, " "));
    found.push({ name: node.name.getText(), doc: doc.join(" "), value: given[1]?.getText() });
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

const declaring = sourcesIn("packages/evenkeel/src").filter(({ text }) => /: optional\(/.test(text));

it("finds the declared options of the sources", () => {
  expect(declaring.length).toBeGreaterThan(5);
});

it.each(declaring.map(({ path, text }) => [path, text]))("docstrings of %s name the defaults", (path, text) => {
  for (const { name, doc, value } of declaredIn(path, text)) {
    if (value !== undefined) expect(doc.replaceAll(" ", ""), name).toContain(`(${value.replaceAll(" ", "")}).`);
  }
});
