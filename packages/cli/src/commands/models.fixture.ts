import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nn } from "evenkeel";
import { saveSafetensors } from "evenkeel/io";
import { type Table, TableModel } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
import Papa from "papaparse";
import { fingerprint } from "../actions/training/fingerprint.ts";
import { RunFolder } from "../records/runs/runFolder.ts";
import { readTable } from "../tables/index.ts";

/**
 * A folder with a small table, models that were trained on it, a run, and files that are no models.
 */
export interface Models {
  readonly cwd: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly cars: Table;
  /**
   * cars.safetensors, and the run's. Predicts a number; has batch normalization, and an embedded
   * column.
   */
  readonly numbers: TableModel;
  /** origins.safetensors. Predicts three classes. */
  readonly classes: TableModel;
  readonly runId: string;
  remove(): void;
}

export async function trainedModels(): Promise<Models> {
  const cwd = mkdtempSync(join(tmpdir(), "evenkeel-models-"));
  const rows = Array.from({ length: 60 }, (_, i) => ({
    weight: (i * 37) % 60,
    power: i % 20 === 3 ? null : 1 + ((i * 7) % 11),
    origin: ["USA", "Europe", "Japan"][i % 3],
    day: new Date(Date.UTC(2000 + (i % 9), i % 12, 1 + (i % 28))).toISOString().slice(0, 10),
    economy: 70 - ((i * 37) % 60) + (i % 3) * 5,
  }));
  writeFileSync(join(cwd, "cars.csv"), `${Papa.unparse(rows)}\n`);
  const cars = await readTable(join(cwd, "cars.csv"));
  const network = { hidden: [8], norm: "batch", dropout: 0 } as const;
  const split = { validation: 0.2, test: 0.2 };
  const common = { recipe: "simple", epochs: 12, network, split, seed: 3 } as const;
  const number = await trainTable(cars, { ...common, target: "economy", preprocessing: { embedAbove: 2 } });
  const classes = await trainTable(cars, { ...common, target: "origin" });
  const baselines = Object.fromEntries(number.baselines.map(({ name, scores }) => [name, scores]));
  const record = { source: "cars.csv", seed: 3, split, rows: 60, scores: number.scores, baselines };
  const { schema, preprocessing, network: trained } = number.model;
  const numbers = new TableModel({ schema, preprocessing, network: trained, record });
  const bytes = numbers.save();
  writeFileSync(join(cwd, "cars.safetensors"), bytes);
  writeFileSync(join(cwd, "cut.safetensors"), bytes.subarray(0, bytes.length - 9));
  writeFileSync(
    join(cwd, "noise.safetensors"),
    Uint8Array.from({ length: 500 }, (_, i) => (i * i * 31 + 7) % 251),
  );
  writeFileSync(join(cwd, "plain.safetensors"), saveSafetensors(new nn.Linear(3, 2).stateDict()));
  // A model that somebody made by hand: nothing is said of its training.
  const { schema: of, preprocessing: by, network: net } = classes.model;
  writeFileSync(
    join(cwd, "origins.safetensors"),
    new TableModel({ schema: of, preprocessing: by, network: net }).save(),
  );
  const run = RunFolder.create(join(cwd, "runs"), {
    command: ["train", "cars.csv"],
    table: { source: "cars.csv", rows: 60 },
    target: "economy",
    task: "regression",
    seed: 3,
    split: { train: 36, validation: 12, test: 12 },
    settings: {},
    recipe: { source: "cars.csv", read: { sampleSeed: 0 }, options: { split }, fingerprint: fingerprint(cars) },
  });
  // As `evenkeel train` writes it: what there is to say of the training stands beside the model.
  run.writeModel(number.model.save());
  run.writeResult({ status: "finished", epochs: 12, seconds: 1, scores: number.scores, baselines, findings: [] });
  const remove = () => rmSync(cwd, { recursive: true, force: true });
  return { cwd, rows, cars, numbers, classes: classes.model, runId: run.id, remove };
}
