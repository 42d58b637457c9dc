import { csvFile } from "../../../cli/src/tables/csv/csvFile.ts";
import { readCsv } from "../../../cli/src/tables/csv/readCsv.ts";
import { InvalidUtf8 } from "../../../cli/src/tables/csv/records.ts";
import {
  checkNotBlank,
  encodingNotes,
  encodingOf,
  type Head,
  isDecoded,
  zstdText,
} from "../../../cli/src/tables/formats/head.ts";
import { maxColumns, rowsOf } from "../../../cli/src/tables/page/limits.ts";
import type { ReadRows } from "./readFile.ts";
import { beginningOf, type GivenFile, givenFiles, isUtf8, textBytes } from "./source.ts";

/** Reads a CSV file by the command's own code. @throws TableReadError naming the line of what is not right */
export async function readCsvFile(file: GivenFile, head: Head, tabs: boolean): Promise<ReadRows> {
  try {
    return await readAs(file, head, tabs, encodingOf(head, file.name, isUtf8));
  } catch (error) {
    // As the command does where bytes of another encoding stand behind the beginning.
    if (!(error instanceof InvalidUtf8)) throw error;
    return readAs(file, head, tabs, "windows-1252");
  }
}

async function readAs(file: GivenFile, head: Head, tabs: boolean, found: string): Promise<ReadRows> {
  const { name } = file;
  const { compression } = head;
  if (compression === "zstd") throw zstdText(name);
  const encoding = isDecoded(head, found, undefined) ? found : undefined;
  const text = encoding === undefined ? head : await beginningOf(textBytes(file, compression, encoding));
  checkNotBlank(name, text);
  const csv = csvFile({ name, head: text, tabs }, { maxColumns });
  const limit = rowsOf(csv.columns.length);
  const notes = [...encodingNotes(name, found), ...csv.notes];
  const { more, ...read } = await readCsv(
    [{ ...csv, notes, file, compression, encoding }],
    givenFiles,
    { limit, seeMore: true },
    undefined,
    () => {},
  );
  return { ...read, more };
}
