import { compile } from "../../compile/index.ts";
import { because, checkOptions, describe, mismatch, refuse, wrongType } from "../../core/index.ts";
import { loadSafetensors, saveSafetensors } from "../../io/index.ts";
import { noGrad, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { Preprocessing } from "../encoding/preprocessing.ts";
import type { Predictions } from "../encoding/target.ts";
import type { Schema } from "../schema/schema.ts";
import { schemaFromJSON } from "../schema/schemaJson.ts";
import type { Table } from "../table/table.ts";
import { tableFromRows } from "../table/tableFrom.ts";
import { countParameters, type ResolvedNetwork, resolveNetwork, TabularNet } from "./network.ts";

/** How a model came about: plain JSON, for people and for `inspect`. Whoever trains decides what it says. */
export type ModelRecord = Readonly<Record<string, unknown>>;

export interface TableModelParts {
  readonly schema: Schema;
  readonly preprocessing: Preprocessing;
  readonly network: TabularNet;
  readonly record?: ModelRecord;
}

/** Rows that go through the network at a time. */
const blockRows = 256;
const format = "evenkeel-table-model";
const version = 1;

/**
 * A network together with what it needs to read a table: schema and preprocessing. One file holds all of it.
 *
 * @example
 * const model = TableModel.load(bytes);
 * model.predict(tableFromRows([{ Horsepower: 130, Weight_in_lbs: 3504, … }])).values; // Float64Array [ 17.3… ]
 */
export class TableModel {
  readonly schema: Schema;
  readonly preprocessing: Preprocessing;
  readonly network: TabularNet;
  readonly record: ModelRecord;
  readonly #forward: (x: Tensor, codes?: Tensor) => Tensor;

  constructor({ schema, preprocessing, network, record = {} }: TableModelParts) {
    this.schema = schema;
    this.preprocessing = preprocessing;
    this.network = network;
    this.record = plainRecord(record);
    this.#forward = compile((x: Tensor, codes?: Tensor) => (codes === undefined ? network(x) : network(x, codes)), {
      check: "never",
    });
  }

  /**
   * Predicts rows of a table: the target in its own unit, or classes with their probabilities. The table needs the columns
   * that the model was trained on, by name and in any order, and no target. A row gets the same prediction, to the bit,
   * whatever rows are predicted with it.
   *
   * @param rows positions in the table; all by default
   * @throws RangeError naming a column that is missing or of another kind
   */
  predict(table: Table, rows?: Int32Array): Predictions {
    return this.preprocessing.decode(this.output(table, rows));
  }

  /** {@link predict} for rows as objects: `{ Horsepower: 130, Origin: "USA" }`. What is left out counts as missing. */
  predictRows(rows: readonly Readonly<Record<string, unknown>>[]): Predictions {
    return this.predict(this.#complete(tableFromRows(rows)));
  }

  /** What the network says before decoding, [rows, outputs]. */
  output(table: Table, rows?: Int32Array): Tensor {
    const { x, codes } = this.preprocessing.inputs(table, rows);
    const [count, outputs] = [x.shape[0], this.preprocessing.outputs];
    const result = new Float32Array(count * outputs);
    const mode = this.network.training;
    this.network.eval();
    try {
      noGrad(() => {
        for (let start = 0; start < count; start += blockRows) {
          const taken = Math.min(blockRows, count - start);
          const block = this.#forward(rowsOf(x, start, taken), codes && rowsOf(codes, start, taken));
          result.set(block.data.subarray(0, taken * outputs), start * outputs);
        }
      });
    } finally {
      this.network.train(mode);
    }
    return tensor(result, { shape: [count, outputs] });
  }

  /**
   * The model as the bytes of a safetensors file. Its tensors are the network's state dict, readable from any language; its
   * metadata holds schema, preprocessing, architecture and record. The same model gives the same bytes.
   */
  save(): Uint8Array {
    const { schema, preprocessing, network, record } = this;
    const description = { format, version, schema, preprocessing, network: network.options, record };
    return saveSafetensors(network.stateDict(), {
      metadata: { format: "pt", evenkeel: JSON.stringify(description) },
    });
  }

  /**
   * Reads what {@link save} wrote. Runs no code from the file and trusts nothing in it.
   * @throws RangeError or TypeError saying what is wrong with the file
   */
  static load(bytes: Uint8Array): TableModel {
    const { tensors, metadata } = loadSafetensors(bytes);
    if (metadata.evenkeel === undefined) {
      const given =
        metadata.format === "evenkeel-checkpoint"
          ? "this file is a checkpoint, which resumes a training"
          : "this safetensors file holds tensors only";
      throw mismatch(
        "wrong-type",
        "TableModel.load",
        given,
        "one that TableModel.save or `evenkeel train` wrote, whose metadata describes the table",
      );
    }
    const description = parseDescription(metadata.evenkeel);
    const schema = schemaFromJSON(description.schema);
    const preprocessing = Preprocessing.fromJSON(description.preprocessing);
    checkAgreement(schema, preprocessing);
    const options = resolveNetwork(description.network as ResolvedNetwork);
    const size = {
      features: preprocessing.features.length,
      embeddings: preprocessing.embeddings.map(({ categories }) => categories),
      outputs: preprocessing.outputs,
    };
    const needed = countParameters(size, options);
    const held = Object.values(tensors).reduce((sum, parameter) => sum + parameter.numel(), 0);
    if (needed > held) {
      throw refuse(
        "damaged-file",
        "TableModel.load",
        `the network that the file describes has ${needed} parameters, but its tensors hold ${held} values`,
      );
    }
    const network = new TabularNet(size, options);
    loadTensors(network, tensors);
    network.eval();
    return new TableModel({ schema, preprocessing, network, record: description.record });
  }

  /** With a column of nothing for each feature that the rows do not have. */
  #complete(table: Table): Table {
    const names = new Set(table.columns.map(({ name }) => name));
    const missing = this.schema.columns
      .filter(({ name, use }) => use === "feature" && !names.has(name))
      .map(({ name }) => ({ name, type: "text", codes: new Int32Array(table.rows).fill(-1), dictionary: [] }) as const);
    return { rows: table.rows, columns: [...table.columns, ...missing] };
  }
}

/** A block of rows of [N, C], filled up with zeros: all blocks have one shape, so one program serves them. */
function rowsOf(from: Tensor, start: number, count: number): Tensor {
  const columns = from.shape[1];
  const block = zeros([blockRows, columns], { dtype: from.dtype });
  block.data.set(from.data.subarray(start * columns, (start + count) * columns));
  return block;
}

/** @throws RangeError listing the tensors that are missing, unexpected or of another shape */
function loadTensors(network: TabularNet, tensors: Readonly<Record<string, Tensor>>): void {
  try {
    network.loadStateDict(tensors);
  } catch (error) {
    const problems = (error as Error).message
      .split("\n\t")
      .slice(1)
      .join("; ")
      .replace(/\nNothing was loaded.*$/s, "");
    throw because(
      refuse(
        "damaged-file",
        "TableModel.load",
        `the tensors are not those of the network that the file describes: ${problems}`,
      ),
      error,
    );
  }
}

/** A copy as a file would give it back: what is no number is null. */
function plainRecord(record: ModelRecord): ModelRecord {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw wrongType("TableModel", "record", record, "an object of plain JSON");
  }
  return JSON.parse(JSON.stringify(record));
}

/** @throws RangeError if a file's schema and its preprocessing are not of one table */
function checkAgreement(schema: Schema, preprocessing: Preprocessing): void {
  const { target, task, classes = [] } = preprocessing;
  const columns = preprocessing.toJSON().inputs.map(({ column }) => column);
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => name);
  const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((x, i) => x === b[i]);
  const parts: readonly [what: string, agrees: boolean][] = [
    ["target", schema.target === target],
    ["task", schema.task === task],
    ["classes", same(schema.classes ?? [], classes)],
    ["features", same(features, columns)],
  ];
  const [wrong] = parts.find(([, agrees]) => !agrees) ?? [];
  if (wrong !== undefined) {
    throw refuse(
      "damaged-file",
      "TableModel.load",
      `schema and preprocessing in the file have different ${wrong}`,
      "the file is damaged",
    );
  }
}

interface Description {
  readonly schema: unknown;
  readonly preprocessing: unknown;
  readonly network: unknown;
  readonly record: ModelRecord;
}

function parseDescription(text: string): Description {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse("wrong-type", "TableModel.load", "the description of the model in the file's metadata is no JSON");
  }
  const described = parsed as Partial<Description> & { readonly format?: unknown; readonly version?: unknown };
  if (typeof parsed !== "object" || parsed === null || described.format !== format) {
    throw wrongType(
      "TableModel.load",
      "the format of the description in the file's metadata",
      described?.format,
      `"${format}"`,
    );
  }
  if (described.version !== version) {
    throw refuse(
      "damaged-file",
      "TableModel.load",
      `the file has version ${describe(described.version)} of its format, this evenkeel reads ${version}`,
    );
  }
  checkOptions("TableModel.load", described, ["format", "version", "schema", "preprocessing", "network", "record"]);
  const { record } = described;
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw wrongType("TableModel.load", "record", record, "an object");
  }
  return described as Description;
}
