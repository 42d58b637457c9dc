import { TableModel, tableFromRows } from "evenkeel/tabular";
import { type TrainTableOptions, trainTable } from "evenkeel/train";

/**
 * What is asked of models for tables, in Node and in a page. Questions and answers are plain JSON:
 * files in base64, numbers as their bits. Uses nothing but the library and what every engine has.
 */

export type Rows = readonly Readonly<Record<string, unknown>>[];

export interface Questions {
  readonly predict: readonly { readonly file: string; readonly rows: Rows }[];
  readonly train: readonly { readonly rows: Rows; readonly options: TrainTableOptions }[];
  /** Files that are refused. */
  readonly refuse: readonly string[];
}

export interface Answers {
  readonly predictions: readonly Prediction[];
  /** The sha256 of each model's file. */
  readonly digests: readonly string[];
  readonly errors: readonly string[];
}

export interface Prediction {
  readonly classes?: readonly string[];
  /** Of the values, or of the probabilities: 16 hexadecimal digits each. */
  readonly bits: readonly string[];
}

export async function answers({ predict, train, refuse }: Questions): Promise<Answers> {
  const digests: string[] = [];
  // One after the other: they share the default generator.
  for (const { rows, options } of train) {
    const { model } = await trainTable(tableFromRows(rows), options);
    digests.push(hex(new Uint8Array(await crypto.subtle.digest("SHA-256", model.save().slice()))));
  }
  return { predictions: predict.map(prediction), digests, errors: refuse.map(refusal) };
}

function prediction({ file, rows }: Questions["predict"][number]): Prediction {
  const { classes, values, probabilities } = TableModel.load(fromBase64(file)).predict(tableFromRows(rows));
  const numbers = values ?? probabilities;
  const bits = Array.from(new BigUint64Array(numbers.slice().buffer), (word) => word.toString(16).padStart(16, "0"));
  return { ...(classes && { classes }), bits };
}

function refusal(file: string): string {
  try {
    TableModel.load(fromBase64(file));
  } catch (error) {
    return String(error);
  }
  throw new Error("a damaged file was loaded");
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
