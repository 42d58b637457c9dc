// Trains a network on the table, shows how good it is on rows that it has not seen, and writes it to model.safetensors.
import { writeFileSync } from "node:fs";
import { trainTable } from "evenkeel/train";
import { path, readTable, target } from "./table.ts";

// Settings go beside `target`; an editor lists them, each with its default.
const { model, scores, baselines, findings } = await trainTable(readTable(path), { target });

for (const { severity, message } of findings) console.log(`${severity}: ${message}`);

const all = [{ name: "this network", scores }, ...baselines];
const rounded = (value: unknown) => (typeof value === "number" ? Number(value.toPrecision(4)) : value);
const columns = (of: object = {}) =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, rounded(value)]));
console.log("Scores on the test rows:");
console.table(Object.fromEntries(all.map(({ name, scores }) => [name, columns(scores.test)])));

writeFileSync("model.safetensors", model.save());
console.log("The model is in model.safetensors. Next: npm run predict -- new.csv");
