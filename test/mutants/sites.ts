import ts from "typescript";
import type { Random } from "../fuzz/random.ts";
import { type Edit, kinds } from "./kinds.ts";

/** A place in a file where a bug can be planted. */
export interface Site extends Edit {
  readonly kind: string;
  readonly source: ts.SourceFile;
}

/** What is said of a mutant in the report. */
export interface Mutant {
  readonly kind: string;
  readonly line: number;
  readonly was: string;
  readonly is: string;
}

/**
 * Every site of a file, by position. Types run nowhere, and the words of an error are no behaviour.
 */
export function sitesOf(source: ts.SourceFile): Site[] {
  const sites: Site[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isThrowStatement(node) || ts.isImportDeclaration(node)) return;
    for (const [kind, editsOf] of Object.entries(kinds)) {
      for (const edit of editsOf(node)) sites.push({ ...edit, kind, source });
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return sites;
}

/**
 * Draws sites without putting back: each kind as often as any other, so that the many constants
 * and comparisons leave room for the rest. Ends early where there are no more.
 */
export function* draw(sites: readonly Site[], random: Random, checker: ts.TypeChecker): Generator<Site> {
  const left = new Map<string, Site[]>();
  for (const site of sites) {
    const known = left.get(site.kind);
    if (known === undefined) left.set(site.kind, [site]);
    else known.push(site);
  }
  while (left.size > 0) {
    const kind = random.pick([...left.keys()]);
    const list = left.get(kind)!;
    const [site] = list.splice(random.int(0, list.length - 1), 1);
    if (list.length === 0) left.delete(kind);
    if (site.fits?.(checker) ?? true) yield site;
  }
}

/** The text of the file with the bug in it. */
export function planted({ source, start, end, text }: Site): string {
  return source.text.slice(0, start) + text + source.text.slice(end);
}

export function describeSite(site: Site): Mutant {
  const { source, kind, start, end, text } = site;
  const { line } = source.getLineAndCharacterOfPosition(start);
  const starts = source.getLineStarts();
  const before = source.text.slice(starts[line], start);
  const after = source.text.slice(end, source.getLineEndOfPosition(end));
  const shown = (middle: string) => (before + middle + after).replace(/\s+/g, " ").trim();
  return { kind, line: line + 1, was: shown(source.text.slice(start, end)), is: shown(text) };
}
