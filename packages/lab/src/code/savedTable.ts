import {
  type Column,
  columnOf,
  type Preprocessing,
  type PreprocessingJson,
  readColumn,
  rowsWithTarget,
  type Table,
} from "evenkeel/tabular";
import { mostHeldOut, type PreparedRows } from "../training/rows.ts";

/** A column of the file. */
interface SavedColumn {
  readonly name: string;
  readonly type: "number" | "boolean" | "date" | "text";
  /** As the table has them; null where there is none. Dates are milliseconds since 1970. */
  readonly values: readonly (number | boolean | string | null)[];
  /** As the schema reads them, if that differs: "1.234,50" is a number. */
  readonly read?: readonly (number | string | null)[];
  /** Of dates: what the network is given of each, the year and the waves of its parts. */
  readonly inputs?: readonly (readonly number[])[];
}

/** The file that both programs read. */
export interface SavedTable {
  readonly rows: number;
  readonly columns: readonly SavedColumn[];
  /** In its own unit, or the position of the class; null where there is none. */
  readonly target: readonly (number | null)[];
  /** The rows that the networks are trained on, and those whose error is drawn. */
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** A table as JSON, with what the page read out of it. */
export function savedTable({ table, schema, preprocessing, split }: PreparedRows): SavedTable {
  const target = new Array<number | null>(table.rows).fill(null);
  const rows = rowsWithTarget(table, schema);
  for (const [i, value] of preprocessing.truth(table, rows).entries()) target[rows[i]] = value;
  const columns = table.columns.map((column): SavedColumn => {
    const { values, type } = written(column);
    const reading = schema.columns.find(({ name }) => name === column.name);
    if (reading?.use !== "feature") return { name: column.name, type, values };
    const read = readValues(columnOf(table, column.name), { ...reading, nulls: schema.nulls });
    if (type === "date" || reading.kind === "date") {
      return { name: column.name, type, values, inputs: inputsOf(column.name, preprocessing, table) };
    }
    const isSame = read.every((value, i) => value === values[i]);
    return { name: column.name, type, values, ...(!isSame && { read }) };
  });
  return {
    ...{ rows: table.rows, columns, target },
    ...{ train: [...split.train], heldOut: [...split.validation.slice(0, mostHeldOut)] },
  };
}

/** The network's inputs of one column, a list for each. */
function inputsOf(name: string, preprocessing: Preprocessing, table: Table): number[][] {
  const counts = preprocessing.toJSON().inputs.map((input) => ({ name: input.column, count: inputsCount(input) }));
  const at = counts.findIndex((one) => one.name === name);
  const first = counts.slice(0, at).reduce((sum, { count }) => sum + count, 0);
  const { x } = preprocessing.encode(table);
  const width = preprocessing.features.length;
  return Array.from({ length: counts[at].count }, (_, k) =>
    Array.from({ length: table.rows }, (_, row) => x[row * width + first + k]),
  );
}

/** How many inputs a column becomes, as the page prepares it: no bins, and no embeddings. */
function inputsCount(input: PreprocessingJson["inputs"][number]): number {
  if (input.kind === "category") return input.categories.length;
  const marked = input.indicator ? 1 : 0;
  return input.kind === "date" ? 1 + 2 * input.parts.length + marked : 1 + marked;
}

function written(column: Column): Pick<SavedColumn, "type" | "values"> {
  switch (column.type) {
    case "number": {
      // Of a file without types each number stood there as a text, and the schema may read it anew.
      const isText = column.fromText === true;
      const values = Array.from(column.values, (value) =>
        Number.isNaN(value) ? null : isText ? String(value) : value,
      );
      return { type: isText ? "text" : "number", values };
    }
    case "boolean":
      return { type: "boolean", values: Array.from(column.values, (value) => (value === 255 ? null : value === 1)) };
    case "date":
      return { type: "date", values: numbers(column.values) };
    case "text":
      return { type: "text", values: texts(column) };
  }
}

function readValues(column: Column, reading: Parameters<typeof readColumn>[1]): readonly (number | string | null)[] {
  const read = readColumn(column, reading);
  return "values" in read ? numbers(read.values) : texts(read);
}

const numbers = (values: Float64Array | Float32Array) =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : value));
const texts = ({ codes, dictionary }: { readonly codes: Int32Array; readonly dictionary: readonly string[] }) =>
  Array.from(codes, (code) => (code < 0 ? null : dictionary[code]));
