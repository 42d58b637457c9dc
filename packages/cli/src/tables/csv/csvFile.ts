import type { Head } from "../formats/bytes.ts";
import type { SourceFile } from "../formats/unpackLimit.ts";
import { type Allowed, allowedOf } from "../limits.ts";
import type { ReadNote } from "../readError.ts";
import { type CsvOptions, csvDialect } from "./dialect/dialect.ts";

/** A CSV file, as its beginning shows it. */
export interface CsvFile extends SourceFile {
  readonly compression: Head["compression"];
  readonly delimiter: string;
  readonly skip: number;
  readonly head: number;
  readonly foot: number;
  readonly columns: readonly { readonly name: string }[];
  readonly notes: readonly ReadNote[];
}

interface Beginning extends SourceFile {
  readonly head: Head;
  /** Whether tabs are likelier than other delimiters. */
  readonly tabs: boolean;
}

export function csvFile(
  { name, path, head: { bytes, whole, compression }, tabs, ...allowed }: Beginning,
  options: CsvOptions & Allowed,
): CsvFile {
  const text = new TextDecoder().decode(bytes);
  const { delimiter, skip, head, names, notes } = csvDialect(name, text, whole, tabs, options);
  const columns = names.map((column) => ({ name: column }));
  const foot = options.skipFooter ?? 0;
  return { name, path, ...allowedOf(allowed), compression, delimiter, skip, head, foot, columns, notes };
}
