// The table and the column to predict. How the network is trained is in train.ts.
import { readFileSync } from "node:fs";
import { type Table, tableFromRows } from "evenkeel/tabular";
import Papa from "papaparse";

/** The rows to learn from: a CSV file whose first line has the names of the columns. */
export const path = "data/table.csv";

/** The column to predict. */
export const target = "the target";

/** Reads a CSV file. What its texts mean (numbers, dates, missing values), evenkeel finds out. */
export function readTable(path: string): Table {
  const text = readFileSync(path, "utf8");
  const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: "greedy" });
  for (const { row = 0, message } of errors) throw new Error(`${path}, row ${row + 1}: ${message}`);
  return tableFromRows(data);
}
