import type { PictureShape } from "evenkeel/study";
import type { Column, Schema, Table } from "evenkeel/tabular";
import { brightest, classCount, pixels, side } from "./packed.ts";

/** Channels, height and width. */
export const pictureShape: PictureShape = [1, side, side];
/** The column that says which digit it is. */
export const digitColumn = "digit";

const classes = Array.from({ length: classCount }, (_, digit) => String(digit));

/**
 * Pictures as the command has them: a row each, a column for each pixel, from 0 to 1, and the digit.
 * @param levels as `unpackDigits` gives them
 */
export function digitsTable(levels: Uint8Array): Table {
  const rows = levels.length / pixels;
  const columns = Array.from({ length: pixels }, (_, at): Column => {
    const values = Float32Array.from({ length: rows }, (_, row) => levels[row * pixels + at] / brightest);
    return { name: `pixel ${Math.floor(at / side)},${at % side}`, type: "number", values };
  });
  const codes = Int32Array.from({ length: rows }, (_, row) => row % classCount);
  return { rows, columns: [...columns, { name: digitColumn, type: "text", codes, dictionary: classes }] };
}

/** Every pixel is a feature, those that never change too. */
export function digitsSchema({ columns }: Table): Schema {
  return {
    columns: columns.map(({ name }) =>
      name === digitColumn ? { name, kind: "category", use: "target" } : { name, kind: "numeric", use: "feature" },
    ),
    ...{ target: digitColumn, task: "multiclass", classes },
  };
}

/** The pixels of a picture, whole numbers from 0 to {@link brightest}, row by row. */
export function levelsOf({ columns }: Table, row: number): Uint8Array {
  return Uint8Array.from({ length: pixels }, (_, at) => {
    const column = columns[at];
    return column.type === "number" ? Math.round(column.values[row] * brightest) : 0;
  });
}

/** Which digit a picture shows. */
export function digitOf({ columns }: Table, row: number): string {
  const column = columns[pixels];
  return column.type === "text" ? column.dictionary[column.codes[row]] : "";
}
