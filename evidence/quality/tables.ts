import { existsSync, readFileSync } from "node:fs";
import { type Table, tableFromColumns, tableFromRows } from "evenkeel/tabular";
import type { TrainTableOptions } from "evenkeel/train";
import { orders } from "./orders.ts";

/** A table to predict a column of, and what must be known about its columns. */
export interface Task {
  readonly name: string;
  readonly options: Pick<TrainTableOptions, "target" | "ignore" | "kinds">;
  /** Whether no choice of the recipe or of its settings looked at this table. */
  readonly aside?: boolean;
  /** @param folder where tables are that no npm package has. Undefined if this one is not there */
  load(folder: string | undefined): Table | undefined;
}

const vega = (file: string) => new URL(`../data/${file}`, import.meta.resolve("vega-datasets"));
const json = (file: string) => () => tableFromRows(JSON.parse(readFileSync(vega(file), "utf8")) as object[] as never);

/**
 * The tables of the comparison. Those with a file of their own are looked for in the folder of
 * `--data`: they come from R's packages ggplot2, modeldata and mlbench by
 * `write.csv(table, file, row.names = FALSE, na = "")`.
 */
export const tasks: readonly Task[] = [
  { name: "mpg", options: { target: "Miles_per_Gallon", ignore: ["Name"] }, load: json("cars.json") },
  { name: "penguins", options: { target: "Species" }, load: json("penguins.json") },
  {
    name: "movies",
    options: { target: "IMDB Rating", ignore: ["Title"], kinds: { "Release Date": "date" } },
    load: json("movies.json"),
  },
  { name: "weather", options: { target: "weather" }, load: () => csv(vega("weather.csv")) },
  { name: "orders", options: { target: "price", ignore: ["order_id"] }, load: () => orders(2000) },
  { name: "diamonds5k", options: { target: "price" }, load: own("diamonds.csv", 6250) },
  { name: "diamonds", options: { target: "price" }, load: own("diamonds.csv") },
  { name: "concrete", options: { target: "compressive_strength" }, load: own("concrete.csv") },
  { name: "attrition", options: { target: "Attrition" }, load: own("attrition.csv") },
  { name: "letters", options: { target: "lettr" }, load: own("LetterRecognition.csv") },
  { name: "shuttle", options: { target: "Class" }, load: own("Shuttle.csv"), aside: true },
  { name: "wa_churn", options: { target: "churn" }, load: own("wa_churn.csv"), aside: true },
  { name: "sacramento", options: { target: "price" }, load: own("Sacramento.csv"), aside: true },
];

/** @param rows as many rows as are read, from the first row on and evenly through the file */
function own(file: string, rows?: number): Task["load"] {
  return (folder) => {
    const path = `${folder}/${file}`;
    return folder === undefined || !existsSync(path) ? undefined : csv(path, rows);
  };
}

/** A CSV file with commas and without line breaks in quotes, as texts. */
function csv(path: string | URL, rows?: number): Table {
  const [head, ...lines] = readFileSync(path, "utf8").trimEnd().split(/\r?\n/).map(fields);
  const step = rows === undefined ? 1 : Math.max(1, lines.length / rows);
  const count = Math.min(lines.length, rows ?? lines.length);
  const chosen = Array.from({ length: count }, (_, i) => lines[Math.floor(i * step)]);
  return tableFromColumns(Object.fromEntries(head.map((name, k) => [name, chosen.map((line) => line[k])])));
}

function fields(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain]) => {
    return quoted === undefined ? plain : quoted.replaceAll('""', '"');
  });
}
