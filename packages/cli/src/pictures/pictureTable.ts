import type { StudyData } from "evenkeel/study";
import type { ColumnSchema, Schema } from "evenkeel/tabular";
import { type ReadNote, unreadable } from "../tables/readError.ts";
import type { TableRead } from "../tables/readTable.ts";
import type { PictureSet } from "./pictureSet.ts";

/**
 * Pictures as a study takes them: a row each, a column for each pixel, from 0 to 1, and its class.
 */
export interface PictureTable {
  readonly table: TableRead;
  readonly schema: Schema;
  readonly picture: NonNullable<StudyData["picture"]>;
}

const colours = ["red", "green", "blue"];

/**
 * The columns go channel by channel and row by row, as convolutions take them.
 * @throws TableReadError if all pictures are of one class
 */
export function pictureTable(set: PictureSet, source: string, notes: readonly ReadNote[]): PictureTable {
  const { pictures, targets, classes } = set;
  const used = classes.filter((_, code) => Array.prototype.includes.call(targets, code));
  if (used.length < 2) {
    const many = pictures.length === 1 ? "the only picture is" : `all ${pictures.length} pictures are`;
    const cure = classes.length < 2 ? "expected two classes or more" : "--sample draws from all";
    throw unreadable("wrong-value", `${many} of class ${used[0]}`, cure);
  }
  const { channels, height, width } = pictures[0];
  const columns = Array.from({ length: channels * height * width }, (_, pixel) => {
    const channel = Math.floor(pixel / (height * width));
    const place = pixel % (height * width);
    const at = `${Math.floor(place / width)},${place % width}`;
    return {
      ...{ name: channels === 1 ? `pixel ${at}` : `${colours[channel]} ${at}`, type: "number" as const },
      values: Float64Array.from(pictures, ({ data }) => data[place * channels + channel] / 255),
    };
  });
  const target = {
    ...{ name: "class", type: "text" as const, dictionary: [...classes] },
    codes: Int32Array.from(targets),
  };
  return {
    table: { source, rows: pictures.length, columns: [...columns, target], notes } as TableRead,
    schema: schemaOf(
      columns.map(({ name }) => name),
      target.name,
      used,
    ),
    picture: [channels, height, width],
  };
}

/** Every pixel is a feature, those that never change too. */
function schemaOf(pixels: readonly string[], target: string, classes: readonly string[]): Schema {
  const features = pixels.map((name): ColumnSchema => ({ name, kind: "numeric", use: "feature" }));
  const task = classes.length > 2 ? "multiclass" : "binary";
  return { columns: [...features, { name: target, kind: "category", use: "target" }], target, task, classes };
}
