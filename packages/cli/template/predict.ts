// Predicts the rows of a table with the trained model: `npm run predict -- new.csv` writes predictions.csv.
import { readFileSync, writeFileSync } from "node:fs";
import { TableModel, unfamiliarValues } from "evenkeel/tabular";
import Papa from "papaparse";
import { path, readTable } from "./table.ts";

const [input = path] = process.argv.slice(2);
const model = TableModel.load(readFileSync("model.safetensors"));
const table = readTable(input);

for (const { column, missing, unknown, outside } of unfamiliarValues(model.preprocessing, table)) {
  const beyond = outside?.rows.length ?? 0;
  console.log(`${column}: ${missing} rows without a value, ${unknown} unknown, ${beyond} beyond those of the training`);
}

// The target in its own unit; or the most probable class of each row, and how probable each class is.
const { values, classes, probabilities } = model.predict(table);
const names = model.schema.classes ?? [];
const predictions = Array.from({ length: table.rows }, (_, row) => ({
  prediction: (values ?? classes)[row],
  ...Object.fromEntries(names.map((name, i) => [`probability of ${name}`, probabilities?.[row * names.length + i]])),
}));
writeFileSync("predictions.csv", Papa.unparse(predictions));
console.log(`${predictions.length} predictions in predictions.csv`);
