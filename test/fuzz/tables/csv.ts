import type { Random } from "../random.ts";
import type { KnownTable } from "./known.ts";

/** A table as a CSV file, in a dialect drawn at random. */
export function csvOf(table: KnownTable, random: Random): Buffer {
  const { columns, notation } = table;
  const delimiter = random.pick(notation.decimal === "," ? [";", "\t", "|", ","] : [",", ",", ";", "\t", "|"]);
  const end = random.pick(["\n", "\n", "\r\n"]);
  const quoting = random.pick(["needed", "needed", "all"] as const);
  const mustQuote = (field: string) => /["\r\n]/.test(field) || field.includes(delimiter);
  const quoted = (field: string) =>
    quoting === "all" || mustQuote(field) ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = [
    columns.map(({ name }) => quoted(name)),
    ...Array.from({ length: table.rows }, (_, row) => columns.map(({ fields }) => quoted(fields[row]))),
  ].map((fields) => fields.join(delimiter));
  const above = random.weighted<readonly string[]>([
    [8, []],
    [1, delimiter === ";" ? ["sep=;"] : []],
    [1, ["# measured by hand"]],
    [1, ["", ""]],
  ]);
  const text = [...above, ...lines].join(end) + (random.chance(0.8) ? end : "");
  return encoded(
    text,
    random.weighted([
      [8, "utf8"],
      [1, "bom"],
      [1, "utf16le"],
    ] as const),
  );
}

function encoded(text: string, how: "utf8" | "bom" | "utf16le"): Buffer {
  if (how === "utf8") return Buffer.from(text);
  return Buffer.from(`\ufeff${text}`, how === "bom" ? "utf8" : "utf16le");
}
