import type { Head } from "../formats/head.ts";
import { type Allowed, allowedOf } from "../limits.ts";
import type { ReadNote } from "../readError.ts";
import { type CsvOptions, csvDialect } from "./dialect/dialect.ts";

/** A CSV file, as its beginning shows it. */
export interface CsvFile extends Allowed {
  /** As people know it. */
  readonly name: string;
  readonly delimiter: string;
  readonly skip: number;
  readonly head: number;
  readonly foot: number;
  readonly columns: readonly { readonly name: string }[];
  readonly notes: readonly ReadNote[];
}

interface Beginning extends Allowed {
  readonly name: string;
  readonly head: Pick<Head, "bytes" | "whole">;
  /** Whether tabs are likelier than other delimiters. */
  readonly tabs: boolean;
}

export function csvFile(
  { name, head: { bytes, whole }, tabs, ...allowed }: Beginning,
  options: CsvOptions & Allowed,
): CsvFile {
  const text = new TextDecoder().decode(bytes);
  const { delimiter, skip, head, names, notes } = csvDialect(name, text, whole, tabs, options);
  const columns = names.map((column) => ({ name: column }));
  const foot = options.skipFooter ?? 0;
  return { name, ...allowedOf(allowed), delimiter, skip, head, foot, columns, notes };
}
