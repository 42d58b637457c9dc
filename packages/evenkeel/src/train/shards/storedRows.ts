import type { Column, ColumnValues, Table } from "../../tabular/index.ts";
import type { RowStore } from "./rowStore.ts";

/** Rows that are read at once, and stay together until they are in a window. */
export const chunkRows = 1024;

type Values = Float64Array | Int32Array | Uint8Array;

/** How a column is kept: numbers, dates and booleans as they are, texts as positions in one dictionary. */
interface StoredColumn {
  readonly name: string;
  readonly kind: ColumnValues["kind"];
  /** Rows that do not fill a chunk yet. */
  readonly pending: Values;
  readonly dictionary: Map<string, number>;
}

const arrays = {
  numeric: Float64Array,
  date: Float64Array,
  boolean: Uint8Array,
  category: Int32Array,
  text: Int32Array,
} as const;

/** How many bytes a row takes whose columns are of these kinds. */
export function rowBytes(kinds: readonly ColumnValues["kind"][]): number {
  return kinds.reduce((sum, kind) => sum + arrays[kind].BYTES_PER_ELEMENT, 0);
}

/**
 * The training rows of this rank as a schema reads them, column by column in chunks of rows. A chunk
 * lies where its number says, so that any can be read.
 */
export class StoredRows {
  readonly #store: RowStore;
  readonly #columns: readonly StoredColumn[];
  readonly #chunkBytes: number;
  #rows = 0;

  constructor(store: RowStore, columns: readonly Pick<StoredColumn, "name" | "kind">[]) {
    this.#store = store;
    this.#columns = columns.map(({ name, kind }) => {
      return { name, kind, pending: new arrays[kind](chunkRows), dictionary: new Map<string, number>() };
    });
    this.#chunkBytes = chunkRows * rowBytes(columns.map(({ kind }) => kind));
  }

  get rows(): number {
    return this.#rows;
  }

  get chunks(): number {
    return Math.ceil(this.#rows / chunkRows);
  }

  rowsOf(chunk: number): number {
    return Math.min(chunkRows, this.#rows - chunk * chunkRows);
  }

  /** Adds rows: a column each, in the order of the constructor, all of so many values. */
  append(rows: number, columns: readonly ColumnValues[]): void {
    const values = columns.map((column, i) => this.#valuesOf(column, this.#columns[i].dictionary));
    for (let from = 0; from < rows; ) {
      const at = this.#rows % chunkRows;
      const count = Math.min(rows - from, chunkRows - at);
      for (const [i, { kind, pending }] of this.#columns.entries()) {
        if (kind === "boolean") writeBooleans(pending, values[i], { from, count, at });
        else pending.set(values[i].subarray(from, from + count), at);
      }
      from += count;
      this.#rows += count;
      if (at + count === chunkRows) this.#write(chunkRows);
    }
  }

  #valuesOf(column: ColumnValues, known: Map<string, number>): Float64Array | Float32Array | Int32Array {
    if (!("codes" in column)) return column.values;
    const { codes, dictionary } = column;
    const places = new Int32Array(dictionary.length).fill(-1);
    return codes.map((code) => {
      if (code < 0) return -1;
      if (places[code] < 0) {
        const text = dictionary[code];
        const place = known.get(text) ?? known.size;
        known.set(text, place);
        places[code] = place;
      }
      return places[code];
    });
  }

  /** Called once, after the last row. */
  finish(): void {
    const rest = this.#rows % chunkRows;
    if (rest > 0) this.#write(rest);
  }

  #write(rows: number): void {
    for (const { pending } of this.#columns) {
      this.#store.append(new Uint8Array(pending.buffer, 0, rows * pending.BYTES_PER_ELEMENT));
    }
  }

  /**
   * Reads chunks of rows, one after the other, as a table. Each call writes over what the last one gave:
   * a window takes most of a process's memory, and is there once.
   * @param most chunks that are read at once
   */
  reader(most: number): (chunks: ArrayLike<number>) => Table {
    const room = Math.min(this.#rows, most * chunkRows);
    const values = this.#columns.map(({ kind }) => new arrays[kind](room));
    return (chunks) => {
      let rows = 0;
      for (const chunk of Array.from(chunks)) {
        const count = this.rowsOf(chunk);
        let position = chunk * this.#chunkBytes;
        for (const column of values) {
          const width = column.BYTES_PER_ELEMENT;
          this.#store.read(new Uint8Array(column.buffer, rows * width, count * width), position);
          position += count * width;
        }
        rows += count;
      }
      return { rows, columns: this.#columns.map((column, i) => tableColumn(column, values[i].subarray(0, rows))) };
    };
  }
}

function writeBooleans(
  pending: Values,
  values: ArrayLike<number>,
  { from, count, at }: { readonly from: number; readonly count: number; readonly at: number },
): void {
  for (let i = 0; i < count; i++) {
    const value = values[from + i];
    pending[at + i] = Number.isNaN(value) ? 255 : value;
  }
}

function tableColumn({ name, kind, dictionary }: StoredColumn, values: Values): Column {
  switch (kind) {
    case "numeric":
      return { name, type: "number", values: values as Float64Array };
    case "date":
      return { name, type: "date", values: values as Float64Array };
    case "boolean":
      return { name, type: "boolean", values: values as Uint8Array };
    case "category":
    case "text":
      return { name, type: "text", codes: values as Int32Array, dictionary: [...dictionary.keys()] };
    default:
      return kind satisfies never;
  }
}
