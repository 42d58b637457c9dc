// From the rows of a JSON file to predictions: what is predicted, and nothing else, has to be said.
// The model is one file, which knows the columns and what was done to them; a server or a web page
// needs no more than this file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TableModel, tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";

const datasets = dirname(createRequire(import.meta.url).resolve("vega-datasets"));
const cars: Record<string, unknown>[] = JSON.parse(readFileSync(join(datasets, "../data/cars.json"), "utf8"));

const { model, scores, baselines, findings, schema, split } = await trainTable(tableFromRows(cars), {
  target: "Miles_per_Gallon",
  epochs: 50,
});

for (const { severity, message } of findings) console.log(`${severity}: ${message}`);
const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => name);
console.log(`${schema.task} from ${features.join(", ")}`);
console.log(
  `${split.train.length} rows to train on, ${split.validation.length} to choose by, ${split.test.length} to test`,
);
for (const { name, scores } of baselines) console.log(`${name}: test MAE ${scores.test?.mae.toFixed(2)} mpg`);
console.log(`this network: test MAE ${scores.test?.mae.toFixed(2)} mpg`);

// One safetensors file: weights under PyTorch's names, and in its metadata what is needed to read a
// table.
const folder = mkdtempSync(join(tmpdir(), "evenkeel-"));
const path = join(folder, "cars.safetensors");
writeFileSync(path, model.save());

// Another day, another program. Columns may come in any order; what is left out counts as missing.
const bytes = readFileSync(path);
const loaded = TableModel.load(bytes);
console.log(`the file has ${bytes.length} bytes; it was trained with seed ${loaded.record.seed}`);
const { values = [] } = loaded.predictRows([
  {
    Weight_in_lbs: 2130,
    Horsepower: 70,
    Cylinders: 4,
    Displacement: 98,
    Acceleration: 17,
    Year: "1982-01-01",
    Origin: "USA",
  },
  { Origin: "USA", Year: "1970-01-01", Weight_in_lbs: 4354, Displacement: 454, Cylinders: 8 },
]);
console.log(
  `predicted: ${values[0].toFixed(1)} mpg for a small car of 1982, ${values[1].toFixed(1)} mpg for a large one of 1970`,
);

const table = tableFromRows(cars);
const [before, after] = [model.predict(table, split.test), loaded.predict(table, split.test)];
console.log("predictions the same to the last bit:", String(before.values) === String(after.values));
rmSync(folder, { recursive: true });
