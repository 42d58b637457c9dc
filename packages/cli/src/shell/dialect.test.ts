import { formatProblem, type Problem, problemOf } from "evenkeel";
import { checkTable, inferSchema, schemaOptions, TableError, tableFromRows } from "evenkeel/tabular";
import { describe, expect, test } from "vitest";
import { parserOf } from "../commands/declaredFlags.ts";
import { said, saidFindings } from "./dialect.ts";
import { flagOf } from "./flags.ts";

describe("options are flags", () => {
  test.each([
    ["batchSize", "", "--batch-size"],
    ["split.validation", "trainTable", "--validation"],
    ["kinds", "inferSchema", "--kind"],
    ["target", "inferSchema", "--target"],
    ["target", "planStudy", "--target-scale"],
    ["lrs", "planStudy", "--lr"],
    ["seed", "trainTable", "--seed"],
    ["seed", "readTable", "--sample-seed"],
    ["nulls", "inferSchema", "--null"],
    ["onlyNulls", "inferSchema", "--null-only"],
    ["numberFormats", "inferSchema", "--number-format"],
    ["dateFormats", "inferSchema", "--date-format"],
    ["skipFooter", "readTable", "--skip-footer"],
  ])("%s, where %s complains, is %s", (option, caller, flag) => expect(flagOf(option, caller)).toBe(flag));
});

describe("a problem", () => {
  const problem = (more: Partial<Problem>): Problem => ({
    code: "wrong-value",
    where: { caller: "trainTable", option: "clipGradNorm" },
    ...more,
  });

  test("names its flag, not who complains, and the value as it was typed", () => {
    const given = problem({ given: { value: [0.1, 2] }, expected: "a number above 0" });
    expect(said(given)).toBe("--clip-grad-norm is 0.1,2, expected a number above 0");
    expect(formatProblem(given)).toBe("trainTable: clipGradNorm is [0.1, 2], expected a number above 0");
  });

  test("refers to options as they are typed", () => {
    const cure = (option: string, value: string | boolean | number, key?: string) =>
      said(problem({ statement: "no", cure: ["say ", { option, value, ...(key !== undefined && { key }) }] }));
    expect(cure("patience", false)).toBe("no; say --no-early-stopping");
    expect(cure("refit", true)).toBe("no; say --refit");
    expect(cure("refit", false)).toBe("no; say --no-refit");
    expect(cure("task", "multiclass")).toBe("no; say --task multiclass");
    expect(cure("kinds", "date:dmy", "day")).toBe("no; say --kind day=date:dmy");
  });

  test("gives no advice that only a program can follow", () => {
    expect(said(problem({ statement: "no", cure: ["say ", { option: "stratify", value: false }] }))).toBe("no");
  });
});

test("findings name flags as a shell takes them, and the parser gives the names back", () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    "day, then": `${1 + (i % 12)}/${1 + (i % 7)}/1998`,
    size: i === 7 ? "oops" : i % 11,
    "owner's name": `owner ${i}`,
    y: i % 9,
  }));
  const table = tableFromRows(rows);
  const findings = saidFindings(checkTable(table, inferSchema(table, { target: "y" })));
  const of = (name: string) => findings.find(({ column }) => column === name)?.message;
  expect(of("day, then")).toMatch(/apart; --kind 'day\\, then=date:dmy' says that the day comes first, "date:mdy"/);
  expect(of("size")).toMatch(/ or say --kind size=category$/);
  expect(of("owner's name")).toMatch(/free text; --kind 'owner'\\''s name=category' uses it$/);
  expect(parserOf(schemaOptions.kinds.check)("day\\, then=date:dmy", undefined)).toEqual({ "day, then": "date:dmy" });
  const row = saidFindings(checkTable(table, inferSchema(table, { target: "y" })), (at) => `line ${at + 2}`);
  expect(row.find(({ column }) => column === "size")?.message).toMatch(/but line 9 holds "oops"/);
  const without = checkTable(table, inferSchema(table, { target: "y", ignore: ["day, then", "size"] }));
  const problem = problemOf(new TableError(without));
  expect(problem && said(problem)).toBe(
    "no column is left to predict from; name some in --features, or say in --kind what they are",
  );
});

test("what has no value is missing", () => {
  const where = { caller: "loadCheckpoint" };
  const problem: Problem = {
    code: "wrong-type",
    where,
    what: "epoch",
    given: { kind: "undefined" },
    expected: "a number",
  };
  expect(said(problem)).toBe("epoch is missing, expected a number");
});
