import { describe, expect, it } from "vitest";
import { decodeFile, encodeFile, type RawTensor } from "../../io/file.ts";
import { fitTarget } from "../encoding/target/target.ts";
import { loadModel } from "../model/kinds/loadModel.ts";
import { TableModel } from "../model/tableModel.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import { nullSpellings } from "../schema/values/nulls.ts";
import { tableFromRows } from "../table/tableFrom.ts";
import { fitTrees } from "./fitTrees.ts";
import { TreeModel } from "./treeModel.ts";
import type { TreePreprocessingJson } from "./treePreprocessing.ts";

const day = 86_400_000;
const rows = Array.from({ length: 240 }, (_, i) => ({
  a: i % 9 === 0 ? null : Math.sin(i),
  constructor: `kind ${(i * 7 + (i >> 3)) % 12}`,
  when: new Date(1.6e12 + i * 3 * day),
  yes: i % 4 === 0,
  y: Math.sin(i) + ((i * 7 + (i >> 3)) % 12) + (i % 4 === 0 ? 5 : 0),
}));
const table = tableFromRows(rows);

function modelOf(target = "y"): TreeModel {
  const schema = inferSchema(table, { target });
  const column = table.columns.find(({ name }) => name === target) as (typeof table.columns)[number];
  const all = Int32Array.from({ length: table.rows }, (_, i) => i);
  const columns = schema.columns.filter(({ use }) => use === "feature");
  const encoded = fitTarget(column, schema, all, "none", false);
  const { trees, preprocessing } = fitTrees(table, columns, encoded, nullSpellings, all, { maxIter: 20 }, 0);
  return new TreeModel({ schema, preprocessing, trees, record: { note: "test" } });
}

const model = modelOf();
const bytes = model.save();

describe("a tree model", () => {
  it("reads a table as it is: numbers, categories by code, parts of dates that vary", () => {
    expect(model.preprocessing.features).toEqual([
      "a",
      "constructor",
      "when: year",
      "when: yearDay",
      "when: weekday",
      "yes",
    ]);
    expect(model.preprocessing.categories).toEqual([0, 12, 0, 0, 0, 0]);
    const { columns } = model.preprocessing.encode(table, Int32Array.of(1, 0));
    expect(columns.map((column) => column[1])).toEqual([
      Number.NaN,
      0,
      expect.closeTo(2020 + (256 + 44_800 / 86_400) / 366, 9),
      expect.closeTo((256 + 44_800 / 86_400) / 366, 9),
      6 / 7,
      1,
    ]);
  });

  it("comes back from its file, to the bit, and gives the same file", () => {
    for (const target of ["y", "yes", "constructor"]) {
      const given = modelOf(target);
      const back = TreeModel.load(given.save());
      expect(back.predict(table)).toEqual(given.predict(table));
      expect(back.save()).toEqual(given.save());
      expect(back.record).toEqual({ note: "test" });
    }
  });

  it("predicts rows as objects; what is left out or new counts as missing", () => {
    const [first] = model.predict(table, Int32Array.of(0)).values ?? [];
    const { y, ...without } = rows[0];
    expect(model.predictRows([without]).values?.[0]).toBe(first);
    const unknown = model.predictRows([{ constructor: "new" }, {}]).values;
    expect(unknown?.[0]).toBe(unknown?.[1]);
  });

  it("is loaded by loadModel as what it is, and is none of TableModel's", () => {
    expect(loadModel(bytes)).toBeInstanceOf(TreeModel);
    expect(() => TableModel.load(bytes)).toThrow('"evenkeel-tree-model"');
  });

  it("refuses values that are not of a column's kind, naming the row", () => {
    expect(() => model.predictRows([{ a: 1 }, { a: "much" }])).toThrow(/column "a".*"much".*row 1/);
    expect(() => model.predictRows([{ a: Number.POSITIVE_INFINITY }])).toThrow(/"a" holds Infinity in row 0/);
  });
});

/** The file with one of its tensors changed in place. */
function withTensor(name: string, change: (values: Float64Array | Int32Array) => void): Uint8Array {
  const { tensors, metadata } = decodeFile(bytes);
  const changed = tensors.map((tensor): RawTensor => {
    if (tensor.name !== name) return tensor;
    const copy = tensor.bytes.slice();
    change(tensor.dtype === "F64" ? new Float64Array(copy.buffer) : new Int32Array(copy.buffer));
    return { ...tensor, bytes: copy };
  });
  return encodeFile(changed, metadata);
}

function withPreprocessing(change: (json: TreePreprocessingJson) => object): Uint8Array {
  const { tensors, metadata } = decodeFile(bytes);
  const description = JSON.parse(metadata.evenkeel);
  description.preprocessing = change(description.preprocessing);
  return encodeFile(tensors, { ...metadata, evenkeel: JSON.stringify(description) });
}

describe("a hostile file", () => {
  it.each([
    ["a child that is its own parent", "child", 0, 0, "has its children at 0"],
    ["a child before its parent", "child", 2, 1, "has its children at 1"],
    ["a child behind the last node", "child", 0, 1e6, "has its children at 1000000"],
    ["a right child behind the last node", "child", 0, -2, "has its children at -2"],
    ["a feature that is not there", "feature", 0, 6, "asks for feature 6 of 6"],
    ["a negative feature", "feature", 0, -1, "asks for feature -1"],
    ["a root that is not there", "roots", 3, -5, "a tree begins at node -5"],
    ["a set that is not there", "categorySet", 0, 9999, "the set of categories 9999"],
    ["a start that is no number", "start", 0, Number.NaN, "start holds NaN"],
    ["a leaf that is no number", "value", 5, Number.POSITIVE_INFINITY, "value holds Infinity"],
  ])("is refused: %s", (_, name, at, value, message) => {
    const file = withTensor(name, (values) => {
      values[at] = value;
    });
    expect(() => TreeModel.load(file)).toThrow(message);
  });

  it("is refused: a threshold of categories, and none of a number", () => {
    const { child, categorySet } = model.trees.stateDict();
    for (const isCategory of [true, false]) {
      const node = child.data.findIndex((next, i) => next >= 0 && categorySet.data[i] >= 0 === isCategory);
      const file = withTensor("threshold", (values) => {
        values[node] = isCategory ? 0 : Number.NaN;
      });
      expect(() => TreeModel.load(file)).toThrow(`node ${node} of feature`);
    }
  });

  it("is refused: tensors that are missing, unexpected or of another shape", () => {
    const { tensors, metadata } = decodeFile(bytes);
    const without = encodeFile(tensors.slice(1), metadata);
    expect(() => TreeModel.load(without)).toThrow(/the tensors are no trees: missing /);
    const more = encodeFile([...tensors, { ...tensors[0], name: "other" }], metadata);
    expect(() => TreeModel.load(more)).toThrow('unexpected "other"');
    const short = tensors.map((tensor) =>
      tensor.name === "value" ? { ...tensor, shape: [1], bytes: tensor.bytes.slice(0, 8) } : tensor,
    );
    expect(() => TreeModel.load(encodeFile(short, metadata))).toThrow(/value has shape \[1\]/);
  });

  it.each([
    ["another version", (json: TreePreprocessingJson) => ({ ...json, version: 2 }), "version is 2"],
    [
      "too many categories",
      (json: TreePreprocessingJson) => ({
        ...json,
        inputs: json.inputs.map((input) =>
          input.kind === "category" ? { ...input, categories: Array.from({ length: 256 }, (_, i) => `${i}`) } : input,
        ),
      }),
      "categories has 256 items",
    ],
    [
      "a column less",
      (json: TreePreprocessingJson) => ({ ...json, inputs: json.inputs.slice(1) }),
      "different features",
    ],
    [
      "a category as a number",
      (json: TreePreprocessingJson) => ({
        ...json,
        inputs: json.inputs.map((input) =>
          input.kind === "category" ? { kind: "numeric", column: input.column } : input,
        ),
      }),
      "the set of categories",
    ],
  ])("is refused: %s", (_, change, message) => {
    expect(() => TreeModel.load(withPreprocessing(change))).toThrow(message);
  });
});
