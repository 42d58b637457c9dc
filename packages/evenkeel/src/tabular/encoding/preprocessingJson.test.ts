import { describe, expect, it } from "vitest";
import { inferSchema } from "../schema/inferSchema.ts";
import { tableFromColumns } from "../table/tableFrom.ts";
import { Preprocessing } from "./preprocessing.ts";

const n = 24;
const of = <T>(value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
const columns = {
  number: of((i) => (i === 3 ? null : Math.sin(i))),
  flag: of((i) => i % 3 === 0),
  hot: of((i) => ["__proto__", "b"][i % 2]),
  coded: of((i) => `c${i % 8}`),
  date: of((i) => new Date(Date.UTC(2000, i % 12, i))),
  y: of((i) => ["u", "v", "w"][i % 3]),
};
const table = tableFromColumns(columns);
const rows = Int32Array.from({ length: n }, (_, i) => i);

/** JSON of an untrusted kind: anything may be anywhere. */
// biome-ignore lint/suspicious/noExplicitAny: the tests below put anything anywhere
type Json = any;

function jsonOf(target: "y" | "number"): Json {
  const used = target === "y" ? table : tableFromColumns({ ...columns, number: of((i) => i / 3) });
  const preprocessing = Preprocessing.fit(used, inferSchema(used, { target }), rows, { embedAbove: 3 });
  return JSON.parse(JSON.stringify(preprocessing));
}

describe("fromJSON", () => {
  it("gives back a preprocessing that does the same", () => {
    const preprocessing = Preprocessing.fit(table, inferSchema(table, { target: "y" }), rows, { embedAbove: 3 });
    const again = Preprocessing.fromJSON(jsonOf("y"));
    expect(again.toJSON()).toEqual(preprocessing.toJSON());
    expect([again.features, again.embeddings, again.outputs, again.task, again.classes, again.target]).toEqual([
      ["number", "number (missing)", "flag", "hot = __proto__", "hot = b"].concat(
        ["year", "month (sin)", "month (cos)", "weekday (sin)", "weekday (cos)"].map((part) => `date: ${part}`),
      ),
      [{ column: "coded", categories: 9 }],
      3,
      "multiclass",
      ["u", "v", "w"],
      "y",
    ]);
    expect(again.inputs(table).x.data).toEqual(preprocessing.inputs(table).x.data);
    expect(again.inputs(table).codes?.data).toEqual(preprocessing.inputs(table).codes?.data);
  });

  it.each<[string, (json: Json) => unknown, RegExp]>([
    ["null", () => null, /preprocessing is null, expected an object/],
    ["a list", () => [], /preprocessing is \[\], expected an object/],
    ["another version", (json) => ({ ...json, version: 3 }), /version is 3, and this library reads version 4/],
    [
      "a version that is no text",
      (json) => ({ ...json, version: { toString: null } }),
      /version is a plain object, and this library reads version 4/,
    ],
    ["no inputs", (json) => ({ ...json, inputs: [] }), /preprocessing.inputs has 0 items, expected at least 1/],
    [
      "inputs of another kind",
      (json) => ({ ...json, inputs: "all" }),
      /preprocessing.inputs is "all", expected a list/,
    ],
    [
      "an input that is null",
      (json) => ({ ...json, inputs: [null] }),
      /preprocessing.inputs\[0\] is null, expected an object/,
    ],
    ["an unknown key", (json) => ({ ...json, run: "x" }), /preprocessing has an unknown key "run"/],
    [
      "a key of the prototype",
      (json) => JSON.parse(JSON.stringify(json).replace('"version"', '"__proto__":{"a":1},"version"')),
      /unknown key "__proto__"/,
    ],
    [
      "an inherited kind",
      (json) => ({ ...json, inputs: [Object.create({ kind: "numeric" })] }),
      /inputs\[0\] has no "kind"/,
    ],
    [
      "an unknown kind",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], kind: "constructor" }] }),
      /inputs\[0\].kind is "constructor", expected "numeric"/,
    ],
    [
      "NaN",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], median: Number.NaN }] }),
      /inputs\[0\].median is NaN, expected a finite number/,
    ],
    [
      "null for NaN",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], median: null }] }),
      /inputs\[0\].median is null, expected a number/,
    ],
    [
      "a scale of 0",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], scale: 0 }] }),
      /inputs\[0\].scale is 0, expected a finite number above 0/,
    ],
    [
      "a range from right to left",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], least: 2, most: 1 }] }),
      /inputs\[0\].least is 2, expected at most preprocessing.inputs\[0\].most, 1/,
    ],
    [
      "squashing that is no flag",
      (json) => ({ ...json, inputs: [{ ...json.inputs[4], squash: 3 }] }),
      /inputs\[0\].squash is 3, expected true or false/,
    ],
    [
      "a number for a flag",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], indicator: 1 }] }),
      /inputs\[0\].indicator is 1, expected true or false/,
    ],
    [
      "a category twice",
      (json) => ({ ...json, inputs: [{ ...json.inputs[2], categories: ["b", "b"] }] }),
      /inputs\[0\].categories has "b" twice/,
    ],
    [
      "a category of no text",
      (json) => ({ ...json, inputs: [{ ...json.inputs[2], categories: [1] }] }),
      /categories\[0\] is 1, expected a string/,
    ],
    [
      "an unknown part of a date",
      (json) => ({ ...json, inputs: [{ ...json.inputs[4], parts: ["minute"] }] }),
      /parts\[0\] is "minute"/,
    ],
    [
      "an unknown coding",
      (json) => ({ ...json, inputs: [{ ...json.inputs[1], coding: "oneHot" }] }),
      /inputs\[0\].coding is "oneHot", expected "zeroOne" or "signs" or "none"/,
    ],
    [
      "edges that do not increase",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], edges: [0, 1, 1] }] }),
      /edges\[2\] is 1, expected more than the one before, 1/,
    ],
    [
      "two edges",
      (json) => ({ ...json, inputs: [{ ...json.inputs[4], edges: [0, 1] }] }),
      /edges has 2 items, expected/,
    ],
    [
      "an edge beyond float32",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], edges: [-1e300, 0, 1] }] }),
      /edges is -1e\+300, expected numbers that float32 can hold/,
    ],
    [
      "an edge that is no number",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], edges: [0, null, 1] }] }),
      /edges\[1\] is null, expected a number/,
    ],
    [
      "bins of two values",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], coding: "signs", edges: [0, 1, 2] }] }),
      /edges has 3 items, and none belong to "signs"/,
    ],
    [
      "signs of one value",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], coding: "signs", least: 1, most: 1 }] }),
      /coding is "signs", and its values are from 1 to 1/,
    ],
    [
      "a constant that varies",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], coding: "none" }] }),
      /coding is "none", and its values are from/,
    ],
    [
      "signs of three categories",
      (json) => ({ ...json, inputs: [{ ...json.inputs[2], coding: "signs", categories: ["a", "b", "c"] }] }),
      /categories has 3 items, expected 2 for "signs"/,
    ],
    [
      "a count that is no whole number",
      (json) => ({ ...json, inputs: [{ ...json.inputs[3], rareBelow: 1.5 }] }),
      /rareBelow is 1.5, expected a whole number/,
    ],
    ["a column twice", (json) => ({ ...json, inputs: [json.inputs[0], json.inputs[0]] }), /has "number" twice/],
    [
      "the target among the inputs",
      (json) => ({ ...json, inputs: [{ ...json.inputs[0], column: "y" }] }),
      /holds the column of preprocessing.target/,
    ],
    [
      "one class",
      (json) => ({ ...json, target: { ...json.target, classes: ["u"] } }),
      /classes has 1 items, expected at least 2/,
    ],
    [
      "three classes for two",
      (json) => ({ ...json, target: { ...json.target, task: "binary" } }),
      /classes has 3 items, expected 2/,
    ],
    [
      "classes of regression",
      (json) => ({ ...json, target: { ...json.target, task: "regression" } }),
      /target.task is "regression"/,
    ],
  ])("refuses %s", (_, change, message) => {
    expect(() => Preprocessing.fromJSON(change(jsonOf("y")))).toThrow(message);
  });

  it.each(["squash", "robust"] as const)("%s has no -0, which JSON would lose", (scale) => {
    const zeros = tableFromColumns({ x: [-0, -0, -0, 1], y: [-0, -0, 3, 4] });
    const schema = inferSchema(zeros, { target: "y", task: "regression" });
    const preprocessing = Preprocessing.fit(zeros, schema, new Int32Array([0, 1, 2, 3]), { scale });
    const again = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing)));
    expect(again.toJSON()).toEqual(preprocessing.toJSON());
    expect(again.inputs(zeros).x.data).toEqual(preprocessing.inputs(zeros).x.data);
  });

  it("reads a number's target, and refuses one that cannot be undone", () => {
    const json = jsonOf("number");
    expect(Preprocessing.fromJSON(json).toJSON()).toEqual(json);
    expect(() => Preprocessing.fromJSON({ ...json, target: { ...json.target, std: 0 } })).toThrow(/target.std is 0/);
    expect(() => Preprocessing.fromJSON({ ...json, target: { ...json.target, log: 1 } })).toThrow(/target.log is 1/);
    const clamp = { ...json.target, clamp: null };
    expect(() => Preprocessing.fromJSON({ ...json, target: clamp })).toThrow(/target.clamp is null/);
    const range = { ...json.target, least: 9 };
    expect(() => Preprocessing.fromJSON({ ...json, target: range })).toThrow(/target.least is 9, expected at most/);
  });
});
