import { type TableReadError, unreadable } from "../readError.ts";
import { type Head, unpacked } from "./bytes.ts";

/** No table is nested so deep; DuckDB's parser overflows the stack of the process at some 20,000. */
export const mostDepth = 500;

const [quote, backslash, lineFeed] = [34, 92, 10];
const [openList, closeList, openObject, closeObject] = [91, 93, 123, 125];

/**
 * Looks how deep a JSON file is nested, before a native parser sees it: a file from a stranger must
 * not end the process.
 *
 * @throws TableReadError if it is nested deeper than any table
 */
export async function checkDepth(
  file: { readonly name: string; readonly path: string },
  { compression }: Head,
  signal: AbortSignal | undefined,
): Promise<void> {
  const depth = new Depth();
  let before = 0;
  for await (const bytes of unpacked(file, compression, () => {})) {
    signal?.throwIfAborted();
    const at = depth.take(bytes);
    if (at >= 0) throw tooDeep(file.name, before + at + 1);
    before += bytes.length;
  }
}

function tooDeep(name: string, byte: number): TableReadError {
  return unreadable(
    "damaged-file",
    `${name} is nested more than ${mostDepth} deep at its byte ${byte}`,
    "a table is a list of objects of plain values",
  );
}

/** How many lists and objects are open, part by part of a text. */
export class Depth {
  private depth = 0;
  private inText = false;
  private isEscaped = false;

  /** The position in these bytes where the text is too deep; -1 if it is not. */
  take(bytes: Uint8Array): number {
    let { depth, inText, isEscaped } = this;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        // A text ends with its line at the latest: no JSON has line ends in texts.
        else if (byte === quote || byte === lineFeed) inText = false;
      } else if (byte === quote) inText = true;
      else if (byte === openList || byte === openObject) {
        if (++depth > mostDepth) return i;
      } else if ((byte === closeList || byte === closeObject) && depth > 0) depth--;
    }
    [this.depth, this.inText, this.isEscaped] = [depth, inText, isEscaped];
    return -1;
  }
}
