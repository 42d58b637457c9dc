import { describe, expect, it } from "vitest";
import { columnOf } from "../schema/columns.ts";
import { textsOf } from "../schema/read.ts";
import { type RareClasses, settleRareClasses, withSettledClasses } from "./rareClasses.ts";
import { tableFromColumns } from "./tableFrom.ts";

const of = <T>(n: number, value: (i: number) => T) => Array.from({ length: n }, (_, i) => value(i));
/** 100 rows: one of "single", five of "few", the others of "a" and "b". */
const classes = of(100, (i) => (i === 3 ? "single" : i % 20 === 7 ? "few" : "ab"[i % 2]));

function settle(y: readonly unknown[], how?: RareClasses, task?: "multiclass") {
  const table = tableFromColumns({ x: y.map((_, i) => Math.sin(i)), y });
  return settleRareClasses(table, { target: "y", ...(task && { task }) }, how);
}

const targetOf = ({ table }: ReturnType<typeof settle>) => {
  const { codes, dictionary } = textsOf(columnOf(table, "y"));
  return [...codes].map((code) => (code < 0 ? null : dictionary[code]));
};

describe("rare classes", () => {
  it("of a single row are dropped by default, and it is said", () => {
    const settled = settle(classes);
    expect(settled.schema.classes).toEqual(["a", "b", "few"]);
    expect(targetOf(settled)).toEqual(classes.map((name) => (name === "single" ? null : name)));
    expect(settled.settled).toEqual({ dropped: ["single"], merged: [] });
    expect(settled.findings.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      'warning the target "y": 1 row of the class "single" left out, fewer than 2 of each; rareClasses: "keep" keeps them',
    ]);
  });

  it("of fewer than 10 rows are dropped, merged or kept", () => {
    expect(settle(classes, "drop").schema.classes).toEqual(["a", "b"]);
    expect(settle(classes, "drop").leftOut).toBe(6);
    const merged = settle(classes, "merge");
    expect(merged.schema.classes).toEqual(["a", "b", "other"]);
    expect(targetOf(merged)).toEqual(classes.map((name) => (name.length > 1 ? "other" : name)));
    expect(merged.findings[0].message).toMatch(/6 rows of the classes "few", "single" taken for the class "other"/);
    const kept = settle(classes, "keep");
    expect([kept.schema.classes?.length, kept.findings, kept.settled]).toEqual([4, [], undefined]);
  });

  it("join a class of that name, and do not make a class of one row", () => {
    const named = classes.map((name) => (name === "a" ? "other" : name));
    expect(settle(named, "merge").schema.classes).toEqual(["b", "other"]);
    const one = classes.map((name) => (name === "few" ? "a" : name));
    expect(settle(one, "merge").settled).toEqual({ dropped: ["single"], merged: [] });
  });

  it("may be numbers", () => {
    const numbers = of(100, (i) => (i === 3 ? 9 : i % 2));
    expect(settle(numbers, undefined, "multiclass").schema).toMatchObject({ classes: ["0", "1"] });
    const few = of(100, (i) => (i < 4 ? 5 + (i % 2) : i % 2));
    expect(settle(few, "merge", "multiclass").schema.classes).toEqual(["0", "1", "other"]);
  });

  it("stay where fewer than two classes would be left", () => {
    const y = of(100, (i) => (i === 5 ? "b" : "a"));
    for (const how of [undefined, "drop", "merge"] as const) {
      expect(settle(y, how)).toMatchObject({ schema: { classes: ["a", "b"] }, findings: [] });
    }
  });

  it("are nothing to a number, or to a table without them", () => {
    const { table, settled, findings } = settle(of(100, (i) => Math.cos(i)));
    expect([settled, findings, table.rows]).toEqual([undefined, [], 100]);
    expect(
      settle(
        of(100, (i) => "ab"[i % 2]),
        "drop",
      ).settled,
    ).toBeUndefined();
  });

  it("are settled in another table as they were in training", () => {
    const { schema, settled } = settle(classes, "merge");
    const later = tableFromColumns({ x: [1, 2, 3], y: ["single", "a", "few"] });
    const column = textsOf(columnOf(withSettledClasses(later, schema, settled!), "y"));
    expect([...column.codes].map((code) => column.dictionary[code])).toEqual(["other", "a", "other"]);
  });
});
