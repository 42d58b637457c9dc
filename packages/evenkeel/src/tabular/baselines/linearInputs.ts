import type { Encoding } from "../encoding/encoding.ts";
import { type EncodedRows, FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import { divisorOf } from "../encoding/scaling/statistics.ts";
import type { Table } from "../table/table.ts";

/** Of an embedded column, so many of its commonest categories get an input of a linear model. */
const commonest = 30;

/**
 * The inputs of a linear model: what a network gets, with categories for codes and without
 * squashing, each column with mean 0 and deviation 1.
 */
export class LinearInputs {
  readonly width: number;
  /** Embedded columns of which only the commonest categories are used. */
  readonly cut: readonly string[];
  /** Decodes the outputs of a linear model. */
  readonly preprocessing: FittedPreprocessing;
  /** For each embedded column, the input of each code; -1 for none. */
  readonly #places: readonly Int32Array[];
  readonly #mean: Float64Array;
  readonly #scale: Float64Array;

  /** Learns means and deviations from `rows`. */
  constructor(table: Table, preprocessing: FittedPreprocessing, rows: Int32Array) {
    this.preprocessing = straight(preprocessing);
    const inputs = this.preprocessing.encode(table, rows);
    let width = this.preprocessing.features.length;
    this.#places = preprocessing.embeddings.map(({ categories }, k) => {
      const used = commonestCodes(inputs, k, preprocessing.embeddings.length, categories);
      const places = new Int32Array(categories).fill(-1);
      for (const code of used) places[code] = width++;
      return places;
    });
    this.cut = preprocessing.embeddings.filter((_, k) => this.#places[k].includes(-1, 1)).map(({ column }) => column);
    this.width = width;
    this.#mean = new Float64Array(width);
    this.#scale = new Float64Array(width);
    const x = this.#expand(inputs, rows.length);
    for (let j = 0; j < width; j++) {
      let mean = 0;
      for (let i = 0; i < rows.length; i++) mean += x[i * width + j];
      mean /= rows.length;
      let squares = 0;
      for (let i = 0; i < rows.length; i++) {
        const deviation = x[i * width + j] - mean;
        squares += deviation * deviation;
      }
      this.#mean[j] = mean;
      this.#scale[j] = divisorOf(Math.sqrt(squares / rows.length), mean);
    }
  }

  /** [rows, width] */
  of(table: Table, rows: Int32Array): Float64Array {
    const x = this.#expand(this.preprocessing.encode(table, rows), rows.length);
    for (let i = 0; i < x.length; ) {
      for (let j = 0; j < this.width; j++, i++) x[i] = (x[i] - this.#mean[j]) / this.#scale[j];
    }
    return x;
  }

  /**
   * What a linear model says of rows, [rows, outputs]: the product of {@link of} and the weights, to
   * the bit. An input of a category is one of two numbers, so that its terms are known beforehand.
   * @param weights [outputs, width + 1], intercepts last
   */
  outputs(table: Table, rows: Int32Array, weights: Float64Array, outputs: number): Float64Array {
    const { x, codes } = this.preprocessing.encode(table, rows);
    const { width } = this;
    const measured = this.preprocessing.features.length;
    const embedded = this.#places.length;
    const [without, having] = [0, 1].map((value) => this.#terms(value, weights, outputs));
    const scaled = new Float64Array(measured);
    const out = new Float64Array(rows.length * outputs);
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < measured; j++) scaled[j] = (x[i * measured + j] - this.#mean[j]) / this.#scale[j];
      for (let k = 0; k < outputs; k++) {
        const at = k * (width + 1);
        let sum = weights[at + width];
        for (let j = 0; j < measured; j++) sum += weights[at + j] * scaled[j];
        let next = measured;
        for (let e = 0; e < embedded; e++) {
          const place = this.#places[e][codes?.[i * embedded + e] ?? 0];
          // Inputs follow each other in the order of their columns.
          for (; next < place; next++) sum += without[at + next];
          if (place >= 0) sum += having[at + next++];
        }
        for (; next < width; next++) sum += without[at + next];
        out[i * outputs + k] = sum;
      }
    }
    return out;
  }

  /** The terms of every input where it has this value, [outputs, width + 1]. */
  #terms(value: number, weights: Float64Array, outputs: number): Float64Array {
    const terms = new Float64Array(weights.length);
    for (let k = 0; k < outputs; k++) {
      const at = k * (this.width + 1);
      for (let j = 0; j < this.width; j++) terms[at + j] = weights[at + j] * ((value - this.#mean[j]) / this.#scale[j]);
    }
    return terms;
  }

  #expand({ x, codes }: EncodedRows, rows: number): Float64Array {
    const measured = this.preprocessing.features.length;
    const all = new Float64Array(rows * this.width);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < measured; j++) all[i * this.width + j] = x[i * measured + j];
    }
    if (codes === undefined) return all;
    const width = this.#places.length;
    for (const [k, places] of this.#places.entries()) {
      for (let i = 0; i < rows; i++) {
        const place = places[codes[i * width + k]];
        if (place >= 0) all[i * this.width + place] = 1;
      }
    }
    return all;
  }
}

/**
 * Without squashing, clamping and bins, so that the model is linear in the columns. Half the range
 * keeps their numbers in float32.
 */
function straight(preprocessing: FittedPreprocessing): FittedPreprocessing {
  const fitted = preprocessing.toJSON();
  const { inputs, target } = fitted;
  return FittedPreprocessing.fromJSON({
    ...fitted,
    inputs: inputs.map(straightened),
    target: target.task === "regression" ? { ...target, clamp: false } : target,
  });
}

function straightened(encoding: Encoding): Encoding {
  switch (encoding.kind) {
    case "numeric":
    case "date": {
      const plain = { ...encoding, coding: "scaled", edges: [] } as const;
      const scaled = plain.squash ? { ...plain, squash: false, scale: plain.most / 2 - plain.least / 2 || 1 } : plain;
      return scaled.kind === "date" ? { ...scaled, parts: scaled.parts.filter((part) => part !== "yearDay") } : scaled;
    }
    case "boolean":
      return { ...encoding, coding: "zeroOne" };
    case "category":
      return encoding.coding === "embedding" ? encoding : { ...encoding, coding: "oneHot" };
    default:
      return encoding satisfies never;
  }
}

/** How many inputs a linear model gets of these columns, and one for each category of the embedded. */
export function linearWidth(preprocessing: FittedPreprocessing): number {
  const { features, embeddings } = straight(preprocessing);
  return embeddings.reduce((sum, { categories }) => sum + Math.min(commonest, categories), features.length);
}

function commonestCodes({ codes }: EncodedRows, k: number, width: number, categories: number): number[] {
  const counts = new Int32Array(categories);
  const all = codes ?? [];
  for (let i = k; i < all.length; i += width) counts[all[i]]++;
  return Array.from(counts, (_, code) => code)
    .slice(1)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, commonest);
}
