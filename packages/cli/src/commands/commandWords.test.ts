import { checkTable, inferSchema, tableFromRows } from "evenkeel/tabular";
import { expect, test } from "vitest";
import { pairs } from "./arguments.ts";
import { inCommandWords } from "./commandWords.ts";

test("findings name the command's options, as a shell takes them", () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    "day, then": `${1 + (i % 12)}/${1 + (i % 7)}/1998`,
    size: i === 7 ? "oops" : i % 11,
    "owner's name": `owner ${i}`,
    y: i % 9,
  }));
  const table = tableFromRows(rows);
  const findings = inCommandWords(checkTable(table, inferSchema(table, { target: "y" })));
  const of = (name: string) => findings.find(({ column }) => column === name)?.message;
  expect(of("day, then")).toMatch(/apart; --kind 'day\\, then=date:dmy' says that the day comes first, "date:mdy"/);
  expect(of("size")).toMatch(/ or say --kind size=category$/);
  expect(of("owner's name")).toMatch(/free text; --kind 'owner'\\''s name=category' uses it$/);
  expect(pairs("day\\, then=date:dmy", undefined)).toEqual({ "day, then": "date:dmy" });
  const nothing = inCommandWords(checkTable(table, inferSchema(table, { target: "y", ignore: ["day, then", "size"] })));
  expect(nothing.at(-1)?.message).toBe(
    "no column is left to predict from; name some in --features, or say with --kind what they are",
  );
});
