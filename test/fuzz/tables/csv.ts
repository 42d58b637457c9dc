import type { Random } from "../random.ts";
import type { KnownTable } from "./known.ts";

/** How a CSV file is written. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly end: "\n" | "\r\n";
  /** Which fields have quotes: those that need them, or all. */
  readonly quoting: "needed" | "all";
  readonly encoding: "utf8" | "bom" | "utf16le";
  /** Lines above the header. */
  readonly above: readonly string[];
  /** Whether the last line has no end. */
  readonly isOpen?: boolean;
}

/** A table as a CSV file, in a dialect drawn at random. */
export function csvOf(table: KnownTable, random: Random): Buffer {
  const delimiter = random.pick(table.notation.decimal === "," ? [";", "\t", "|", ","] : [",", ",", ";", "\t", "|"]);
  return csvIn(table, {
    delimiter,
    end: random.pick(["\n", "\n", "\r\n"]),
    quoting: random.pick(["needed", "needed", "all"]),
    above: random.weighted<readonly string[]>([
      [8, []],
      [1, delimiter === ";" ? ["sep=;"] : []],
      [1, ["# measured by hand"]],
      [1, ["", ""]],
    ]),
    isOpen: !random.chance(0.8),
    encoding: random.weighted([
      [8, "utf8"],
      [1, "bom"],
      [1, "utf16le"],
    ] as const),
  });
}

export function csvIn({ rows, columns }: KnownTable, dialect: CsvDialect): Buffer {
  const { delimiter, end, quoting, above, encoding, isOpen = false } = dialect;
  const mustQuote = (field: string) => /["\r\n]/.test(field) || field.includes(delimiter);
  const quoted = (field: string) => {
    return quoting === "all" || mustQuote(field) ? `"${field.replaceAll('"', '""')}"` : field;
  };
  const lines = [
    columns.map(({ name }) => quoted(name)),
    ...Array.from({ length: rows }, (_, row) => columns.map(({ fields }) => quoted(fields[row]))),
  ].map((fields) => fields.join(delimiter));
  const text = [...above, ...lines].join(end) + (isOpen ? "" : end);
  if (encoding === "utf8") return Buffer.from(text);
  return Buffer.from(`\ufeff${text}`, encoding === "bom" ? "utf8" : "utf16le");
}
