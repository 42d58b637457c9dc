// A training that survives being stopped: a checkpoint after every epoch, written so that the file
// is always a whole one, and a second training that goes on from it, in nothing different from one
// that ran through.
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data, Generator, io, manualSeed, nn, optim, tensor, train } from "evenkeel";
import { readMpg } from "./mpg.ts";

const cars = readMpg();
const table = new data.TensorDataset(tensor(cars.x), tensor(cars.y).unsqueeze(1));
const [trainPart, validPart] = data.randomSplit(table, [0.8, 0.2], { generator: new Generator(0) });

const makeNet = () =>
  new nn.Sequential(
    new nn.BatchNorm1d(9),
    new nn.Linear(9, 50, { bias: false }),
    new nn.BatchNorm1d(50),
    new nn.ReLU(),
    new nn.Dropout(0.1),
    new nn.Linear(50, 1),
  );

/** Everything that a program makes when it starts. */
function begin(options: Partial<train.FitOptions<"mae">> = {}) {
  const model = makeNet();
  const training = train.fit(model, {
    train: new data.DataLoader(trainPart, { batchSize: 32, shuffle: true }),
    validation: new data.DataLoader(validPart, { batchSize: 78 }),
    loss: new nn.MSELoss(),
    optimizer: new optim.Adam(model.parameters(), { lr: 0.02 }),
    metrics: { mae: train.mae() },
    earlyStopping: { monitor: "validation.mae", patience: 10 },
    epochs: 30,
    ...options,
  });
  return { model, training };
}

/** The old file or the new one, never half of it, whatever happens meanwhile. */
function write(path: string, bytes: Uint8Array): void {
  const file = openSync(`${path}.tmp`, "w");
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
}

const folder = mkdtempSync(join(tmpdir(), "evenkeel-"));
const path = join(folder, "training.safetensors");

// What it would be without an interruption.
manualSeed(0);
const whole = begin();
const expected = await whole.training;

// The same, but it is stopped in the middle of epoch 8.
manualSeed(0);
const controller = new AbortController();
const stopped = begin({
  signal: controller.signal,
  onEpoch: (event) => write(path, io.saveCheckpoint(event.checkpoint())),
  onBatch: ({ epoch, batch }) => {
    if (epoch === 8 && batch === 5) controller.abort();
  },
});
const { reason, epochs, steps } = await stopped.training;
console.log(`${reason} after ${epochs.length} epochs and ${steps - epochs[epochs.length - 1].step} steps of the next`);

// Another day, another process: nothing is left but the file.
manualSeed(12345);
const bytes = readFileSync(path);
const resumed = begin({ resume: io.loadCheckpoint(bytes) });
const history = await resumed.training;
const { mae } = history.epochs[(history.bestEpoch ?? 1) - 1].validation ?? { mae: Number.NaN };
console.log(
  `the checkpoint has ${bytes.length} bytes; resumed, ${history.reason} after ${history.epochs.length} epochs`,
);
console.log(`best epoch ${history.bestEpoch}: validation MAE ${mae.toFixed(2)} mpg`);

const weights = (model: nn.Module) => Buffer.from(io.saveSafetensors(model.stateDict()));
const withoutSeconds = ({ epochs }: train.History<"mae">) => JSON.stringify(epochs.map((e) => ({ ...e, seconds: 0 })));
console.log("weights the same to the last bit:", weights(resumed.model).equals(weights(whole.model)));
console.log("and every number of every epoch:", withoutSeconds(history) === withoutSeconds(expected));

rmSync(folder, { recursive: true });
