import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import Papa from "papaparse";
import { misuse } from "../../shell/errors.ts";
import { printable } from "../../shell/printed.ts";
import { builtinTable } from "../../tables/builtin.ts";
import type { TableRead } from "../../tables/index.ts";

/** A table as CSV that every reader understands: names in the first line, UTF-8. */
interface PlainTable {
  /** A file name. */
  readonly name: string;
  /** Where it is, if it is a file already. */
  readonly path?: string;
  readonly content: () => string | Uint8Array;
}

/**
 * The table that `source` means, for a program that has a plain reader of CSV.
 *
 * @param read - what evenkeel's own reader made of it
 * @throws CommandError if a plain reader would find other columns
 */
export function plainTable(source: string, read: TableRead, cwd: string): PlainTable {
  const builtin = builtinTable(source);
  if (builtin?.path.endsWith(".json")) {
    const content = () =>
      `${Papa.unparse(JSON.parse(readFileSync(builtin.path, "utf8")) as object[], { newline: "\n" })}\n`;
    return { name: `${builtin.name}.csv`, content };
  }
  const path = resolve(cwd, source);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw refused(source, "is no single file");
  if (read.format !== "csv" && read.format !== "tsv") {
    throw refused(source, `is ${read.format}`);
  }
  const bytes = readFileSync(path);
  const { data } = Papa.parse<string[]>(textOf(source, bytes), { preview: 1 });
  const found = data[0] ?? [];
  const names = read.columns.map(({ name }) => name);
  const other = names.findIndex((name, i) => name !== found[i]);
  if (other >= 0 || found.length !== names.length) {
    const [expected, got] = [names[other] ?? "nothing", found[Math.max(other, 0)] ?? "nothing"];
    throw refused(source, `is no plain CSV: its first line has ${quoted(got)} where the column ${quoted(expected)} is`);
  }
  return { name: basename(path), path, content: () => bytes };
}

function textOf(source: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refused(source, "is not in UTF-8");
  }
}

const quoted = (name: string) => JSON.stringify(printable(name.slice(0, 60)));

function refused(source: string, what: string) {
  return misuse(
    "wrong-value",
    `${printable(source)} ${what}, and the project's few lines read plain CSV alone`,
    "save it as CSV in UTF-8 with the names in the first line, or train on it with `evenkeel train`",
  );
}
