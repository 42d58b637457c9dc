import { expect, it } from "vitest";
import { literal, quoted, quotedList, tableFileName } from "./quoted.ts";

it("writes texts that end no string, and shows what cannot be seen", () => {
  expect(quoted('"; import os #\n')).toBe('"\\"; import os #\\n"');
  expect(quoted("a\u2028b\u202Ec\u200Bd\u007F")).toBe('"a\\u2028b\\u202ec\\u200bd\\u007f"');
  expect(literal({ target: "a\u202e", kinds: { weight: "date", "a b": "text" }, nulls: ["?", '"'] })).toBe(
    String.raw`{ target: "a\u202e", kinds: { weight: "date", ["a b"]: "text" }, nulls: ["?", "\""] }`,
  );
  expect(new Function(`return ${literal({ kinds: { ["__proto__"]: "category" } })}`)().kinds).toEqual(
    JSON.parse('{ "__proto__": "category" }'),
  );
  expect(quotedList(["κόσμε", "\\"])).toBe('["κόσμε", "\\\\"]');
  for (const text of ["\ud83d", "🚗", "\0", "`'"]) expect(JSON.parse(quoted(text))).toBe(text);
});

it("names files so that they stay in their folder", () => {
  const names = ["mpg", "cars.csv", "../../etc/passwd", 'a\n"b".parquet', "", "…", "äöü 1.csv"];
  expect(names.map(tableFileName)).toEqual([
    "mpg.json",
    "cars.json",
    "etc-passwd.json",
    "a-b.json",
    "table.json",
    "table.json",
    "äöü-1.json",
  ]);
});
