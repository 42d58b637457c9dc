import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { misuse } from "../../shell/errors.ts";

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Where `npm run build` puts the page: beside the program, whether that runs from src or from dist. */
export const builtPage = fileURLToPath(new URL("../../../dist/lab", import.meta.url));

export const startPage = "index.html";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * The files of the page by their paths: what is not here is not served, whatever an address says.
 *
 * @throws CommandError if the page is not built
 */
export function pageFiles(folder = builtPage): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, startPage))) {
    throw misuse("wrong-state", "the page of the lab is not built", "run `npm run build` first");
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const type = types[extname(entry.name)] ?? "application/octet-stream";
      return [relative(folder, path).split(sep).join("/"), { type, bytes: readFileSync(path) }];
    }),
  );
}
