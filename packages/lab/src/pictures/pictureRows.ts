import { tensor } from "evenkeel";
import type { StudyData } from "evenkeel/study";
import { Preprocessing, splitRows, type Table } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import type { PreparedRows, Rows } from "../training/rows.ts";
import { digitsSchema, levelsOf, pictureShape } from "./digits.ts";
import { pictureKit } from "./kit.ts";
import { brightest, pixels } from "./packed.ts";

/**
 * Pictures as a network learns from them, [n, 1, 14, 14]. The split is that of a table; z-scores are
 * of all pixels together, as torchvision's `Normalize` has them: one by one, those that are paper in
 * every picture would have none.
 */
export function preparePictures(table: Table, { seed, scale }: Pick<Setup, "seed" | "scale">): PreparedRows {
  const schema = digitsSchema(table);
  const split = splitRows(table, schema, { seed });
  const levels = new Map(Array.from({ length: table.rows }, (_, row) => [row, levelsOf(table, row)]));
  const picture = (row: number) => levels.get(row) as Uint8Array;
  const { mean, deviation } =
    scale === "zscore" ? levelMoments(Array.from(split.train, picture)) : { mean: 0, deviation: brightest };
  // Of the pixels it encodes nothing; it knows the classes.
  const preprocessing = Preprocessing.fit(table, schema, split.train, { scale: "none" });
  const rows = (places: Int32Array): Rows => {
    const x = new Float32Array(places.length * pixels);
    for (const [i, row] of places.entries()) {
      for (const [k, level] of picture(row).entries()) x[i * pixels + k] = (level - mean) / deviation;
    }
    return [tensor(x).reshape(-1, ...pictureShape), preprocessing.targets(table, places)];
  };
  return {
    ...{ table, schema, findings: [], split, preprocessing, pictures: pictureKit },
    train: rows(split.train),
    heldOut: rows(split.validation),
    truth: preprocessing.truth(table, split.validation),
  };
}

/** Pictures as the study takes them. */
export function studiedPictures(table: Table): StudyData {
  return { table, schema: digitsSchema(table), picture: pictureShape };
}

/** Mean and deviation of all pixels, from sums of whole numbers: every program that does the same gets the same bits. */
export function levelMoments(pictures: readonly Uint8Array[]): { readonly mean: number; readonly deviation: number } {
  let [sum, squares] = [0, 0];
  for (const levels of pictures) {
    for (const level of levels) {
      sum += level;
      squares += level * level;
    }
  }
  const count = pictures.length * pixels;
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(squares / count - mean * mean) };
}
