import { checkTable, inferSchema, tableFromRows } from "evenkeel/tabular";
import { expect, test } from "vitest";
import { findingText } from "./findingText.ts";

test("a finding is said without the option that would change it, also behind a worker", () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ name: `car ${i}`, weight: i % 7, mpg: (i * 7) % 11 }));
  const table = tableFromRows(rows);
  const findings = structuredClone(checkTable(table, inferSchema(table, { target: "mpg" })));
  const ignored = findings.find(({ column }) => column === "name") ?? expect.fail("nothing is said of the names");
  expect(ignored.message).toContain("; kinds: ");
  expect(findingText(ignored)).toBe(ignored.message.slice(0, ignored.message.indexOf("; kinds: ")));
});
