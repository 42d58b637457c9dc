import { unreadable } from "../readError.ts";
import { type Head, startsWith } from "./head.ts";

export const formats = ["csv", "tsv", "json", "ndjson", "parquet"] as const;
export type TableFormat = (typeof formats)[number];

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

/** Files that many people would try, and that are something else. */
const refused: readonly (readonly [magic: readonly number[], what: string])[] = [
  [ascii("PK\u0003\u0004"), "a zip archive, which Excel workbooks are too: unpack it, or save the sheet as CSV"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook: save the sheet as CSV"],
  [ascii("ARROW1"), "an Arrow file: convert it to Parquet"],
  [ascii("SQLite format 3"), "an SQLite database: export the table as CSV"],
  [ascii("%PDF"), "a PDF document"],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG image"],
  [ascii("BZh"), "compressed with bzip2: unpack it first"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "compressed with xz: unpack it first"],
  [ascii("RDX"), "an R file: export the table as CSV"],
];

const extensions: Readonly<Record<string, TableFormat>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  ndjson: "ndjson",
  jsonl: "ndjson",
  parquet: "parquet",
  pq: "parquet",
};

/**
 * What a file is: what its first bytes say, then what its name says, and CSV where neither does.
 *
 * @throws TableReadError for an empty file, and for kinds that are not read
 */
export function formatOf(name: string, head: Head, given?: TableFormat): TableFormat {
  if (head.bytes.length === 0) throw unreadable("damaged-file", `${name} is empty: it has no header and no rows`);
  if (startsWith(head.bytes, ascii("PAR1"))) return agreeing(name, "parquet", given);
  for (const [magic, what] of refused) {
    if (startsWith(head.bytes, magic)) throw unreadable("wrong-value", `${name} is ${what}`);
  }
  const [, extension = ""] = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(name) ?? [];
  const named = given ?? extensions[extension.toLowerCase()];
  if (named === "parquet") {
    throw unreadable(
      "damaged-file",
      `${name} is no Parquet file: it does not begin with PAR1`,
      "it may be damaged or cut off",
    );
  }
  if (named !== undefined) return named;
  const [first] = new TextDecoder().decode(head.bytes.subarray(0, 1000)).trimStart();
  return first === "{" || first === "[" ? "json" : "csv";
}

function agreeing(name: string, found: TableFormat, given?: TableFormat): TableFormat {
  if (given === undefined || given === found) return found;
  throw unreadable("conflict", `${name} is a ${found} file, not ${given}`, "leave --format away");
}
