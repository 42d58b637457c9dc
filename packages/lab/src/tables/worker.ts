import * as Comlink from "comlink";
import type { OwnTable } from "./ownTable.ts";
import { type GivenFile, readFile } from "./readFile.ts";

/** What runs in the worker that reads a file, so that the page does not stand still. */
export class ReadingWorker {
  /** @throws Error as `readFile` */
  async read(file: GivenFile): Promise<OwnTable> {
    const own = await readFile(file);
    const arrays = own.table.columns.map((column) => (column.type === "text" ? column.codes : column.values));
    return Comlink.transfer(own, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
  }
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) Comlink.expose(new ReadingWorker());
