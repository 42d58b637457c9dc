import type { DuckDBVector } from "@duckdb/node-api";

/** A text of DuckDB is 16 bytes: its length, and its bytes if they are no more than 12. */
const [textBytes, mostInline] = [16, 12];
/** So many texts are remembered, each in the place that its bytes say. */
const places = 4096;

/** What DuckDB's package does not show of a vector of texts. */
interface TextVector {
  readonly dataView?: unknown;
  readonly validity?: { readonly itemValid?: unknown };
}

/** The code of a text that was not seen before; -1 for a missing one. */
type CodeOf = (text: string | null) => number;

/**
 * Codes of short texts by their bytes: a column has few texts in many rows, and making a string of each
 * cell takes longest of all. Where this version of DuckDB's package does not hold the bytes, every cell
 * is a string.
 */
export class ShortTexts {
  /** [places, 4]: the text that was last in each place. */
  private readonly known = new Int32Array(4 * places);
  private readonly codes = new Int32Array(places).fill(-1);

  /** Writes the codes of the rows from `start` to before `end` behind `to`. */
  append(vector: DuckDBVector, start: number, end: number, out: Int32Array, to: number, codeOf: CodeOf): void {
    const { dataView: bytes, validity } = vector as unknown as TextVector;
    const canSee = bytes instanceof DataView && typeof validity?.itemValid === "function";
    for (let row = start; row < end; row++) {
      out[to + row - start] = canSee ? this.codeAt(bytes, vector, row, codeOf) : codeOf(textAt(vector, row));
    }
  }

  private codeAt(bytes: DataView, vector: DuckDBVector, row: number, codeOf: CodeOf): number {
    const from = row * textBytes;
    const length = bytes.getUint32(from, true);
    // Of a missing text the bytes say nothing.
    if (length > mostInline || !isPresent(vector, row)) return codeOf(textAt(vector, row));
    const a = bytes.getInt32(from + 4, true);
    const b = bytes.getInt32(from + 8, true);
    const c = bytes.getInt32(from + 12, true);
    const mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ length, 0xc2b2ae35);
    const place = (mixed ^ (mixed >>> 15)) & (places - 1);
    const { known, codes } = this;
    const at = 4 * place;
    if (
      codes[place] >= 0 &&
      known[at] === length &&
      known[at + 1] === a &&
      known[at + 2] === b &&
      known[at + 3] === c
    ) {
      return codes[place];
    }
    codes[place] = codeOf(textAt(vector, row));
    known[at] = length;
    known[at + 1] = a;
    known[at + 2] = b;
    known[at + 3] = c;
    return codes[place];
  }
}

const textAt = (vector: DuckDBVector, row: number): string | null => vector.getItem(row) as string | null;

const isPresent = (vector: DuckDBVector, row: number): boolean =>
  (vector as unknown as { readonly validity: { itemValid(row: number): boolean } }).validity.itemValid(row);
