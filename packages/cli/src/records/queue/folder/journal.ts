import * as fs from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../../../shell/errors.ts";
import { parseJson } from "../../../shell/files/parseJson.ts";
import { writeAll } from "../../../shell/files/writeAll.ts";
import { flushFolder, writing } from "../../../shell/files/writeAtomic.ts";
import { readShared } from "./readShared.ts";

/**
 * A file of lines that one process appends to and others read meanwhile, on other machines too. It
 * is opened anew for each line: a network drive promises others to see what was written before a
 * file was closed.
 */
export class Journal {
  readonly #path: string;

  /** @throws WriteError if the file is there already */
  constructor(path: string) {
    this.#path = path;
    writing(path, () => {
      fs.closeSync(fs.openSync(path, "wx"));
      flushFolder(dirname(path));
    });
  }

  /**
   * Adds a line. It is on the disk when this returns.
   * @throws WriteError, also if the file is no longer there: it is not made again
   */
  append(value: object): void {
    writing(this.#path, () => {
      const file = fs.openSync(this.#path, fs.constants.O_WRONLY | fs.constants.O_APPEND);
      const { size } = fs.fstatSync(file);
      try {
        writeAll(file, `${JSON.stringify(value)}\n`);
        fs.fsyncSync(file);
      } catch (error) {
        removeFrom(file, size);
        throw error;
      } finally {
        fs.closeSync(file);
      }
    });
  }
}

/** A part of a line is cut off. Where that fails too, it stays the last of its file. */
function removeFrom(file: number, size: number): void {
  try {
    fs.ftruncateSync(file, size);
  } catch {
    // The first error says why.
  }
}

/** A line that is whole and no JSON: no process of ours has written it. */
export class DamagedLine extends CommandError {
  override readonly name = "DamagedLine";

  constructor(path: string, line: number) {
    super({ code: "damaged-file", where: { caller: "" }, statement: `line ${line} of ${path} is damaged` });
  }
}

const newline = 10;

/** Reads what others append. A last line without its end is being written, or was torn: it waits. */
export class JournalReader {
  readonly #path: string;
  #offset = 0;
  #line = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The lines that are new since the last call.
   * @throws DamagedLine
   */
  read(): unknown[] {
    const bytes = readShared(this.#path, this.#offset);
    const end = bytes === undefined ? -1 : bytes.lastIndexOf(newline);
    if (bytes === undefined || end < 0) return [];
    const lines = bytes.subarray(0, end).toString("utf8").split("\n");
    const values = lines.map((line, i) => {
      try {
        return parseJson(line);
      } catch {
        throw new DamagedLine(this.#path, this.#line + i + 1);
      }
    });
    this.#offset += end + 1;
    this.#line += lines.length;
    return values;
  }
}
