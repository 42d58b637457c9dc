import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Reading the repository's own sources, for the tests that hold rules of the repository. */

export const root = fileURLToPath(new URL("..", import.meta.url));

export interface Source {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The TypeScript files below a folder, tests left out. */
export function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => ({ path: join(folder, file), text: readFileSync(join(root, folder, file), "utf8") }));
}

export interface Import {
  readonly specifier: string;
  /** Whether nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

// Biome formats: a statement starts its line, and strings have double quotes.
const statement =
  /^(?:import|export)\s+(type\s+)?(\*(?:\s+as\s+\w+)?|\{[^}]*\}|\w+(?:\s*,\s*\{[^}]*\})?)\s+from\s+"([^"]+)"/gm;
const bare = /^import\s+"([^"]+)"/gm;
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g;

/** Every module that a text imports or exports from. */
export function importsOf(text: string): Import[] {
  const found = [...text.matchAll(statement)].map(([, type, names, specifier]): Import => {
    const listed = names.startsWith("{") ? names.slice(1, -1).split(",") : [names];
    const each = listed.map((name) => name.trim()).filter((name) => name !== "");
    return { specifier, typeOnly: type !== undefined || each.every((name) => name.startsWith("type ")) };
  });
  const others = [...text.matchAll(bare), ...text.matchAll(dynamic)];
  return [...found, ...others.map(([, specifier]) => ({ specifier, typeOnly: false }))];
}

/** The file that a relative import of another file means, from the root of the repository. */
export function target(from: string, specifier: string): string {
  return relative(root, resolve(root, dirname(from), specifier));
}

/** Comments and strings blanked out, so that words in them are no code. */
export function codeOf(text: string): string {
  const quoted = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/;
  const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
  return text.replace(new RegExp(`${quoted.source}|${comment.source}`, "g"), (match) => match.replace(/[^\n]/g, " "));
}

/**
 * The first circle in a graph of files, as a path that ends where it begins; undefined if there is
 * none.
 */
export function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...path, node]);
      if (circle !== undefined) return circle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const circle = visit(node, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), "utf8")) as T;
}

export const exists = (path: string) => existsSync(join(root, path));
