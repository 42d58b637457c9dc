import { describe, expect, it } from "vitest";
import { shopFeatures as features, shopTable, withoutSeconds } from "../../../../../test/tableFixtures.ts";
import { loadCheckpoint, saveCheckpoint } from "../../io/index.ts";
import { manualSeed } from "../../random/index.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { type TableTraining, trainTable } from "./trainTable.ts";

/**
 * Trains, and then trains again from each checkpoint, through the bytes of a file, as another
 * process would.
 */
async function expectSame(options: TrainTableOptions): Promise<number> {
  const table = shopTable();
  const files: Uint8Array[] = [];
  const told: string[] = [];
  const whole = await trainTable(table, {
    ...options,
    onEpoch: (event) => {
      told.push(`${event.stage} ${event.epoch}`);
      files.push(saveCheckpoint(event.checkpoint()));
    },
  });
  const bytes = Buffer.from(whole.model.save());
  if (options.patience === false) expect(whole.history.bestEpoch).toBeLessThan(whole.history.epochs.length);
  for (const [i, file] of files.entries()) {
    manualSeed(i); // whatever was drawn in between
    const again: string[] = [];
    const resumed = await trainTable(table, {
      ...options,
      resume: loadCheckpoint(file),
      onEpoch: ({ stage, epoch }) => {
        again.push(`${stage} ${epoch}`);
      },
    });
    expect(again, `from ${told[i]}`).toEqual(told.slice(i + 1));
    expect(bytes.equals(resumed.model.save()), `bytes of the model, from ${told[i]}`).toBe(true);
    expect(withoutSeconds(resumed)).toEqual(withoutSeconds(whole));
    expect(resumed.refit && withoutSeconds(resumed.refit)).toEqual(whole.refit && withoutSeconds(whole.refit));
    expect(scoresIn(resumed)).toEqual(scoresIn(whole));
    expect(resumed.keptEpoch).toBe(whole.keptEpoch);
  }
  return files.length;
}

/** Without the functions that predict. */
function scoresIn({ scores, statistics, baselines, intervals }: TableTraining) {
  return { scores, statistics, baselines: baselines.map(({ predict: _, ...told }) => told), intervals };
}

const network = { hidden: [8, 6], dropout: 0.3 };
const base = { recipe: "simple" as const, features, network, batchSize: 16, epochs: 4 };
const folded = { features, network: { ...network, members: 2 }, batchSize: 16, epochs: 3, lengthFolds: 3 };

const alone = { lengthFolds: 1, refit: false, patience: 2, lr: 0.1, batchSize: 8, compile: false };

describe("resuming from any epoch gives the same bytes", () => {
  it.each<[string, TrainTableOptions, number?]>([
    ["embeddings, dropout, batch norm, one cycle", { ...base, target: "price", refit: false }],
    ["a refit of it, from either training", { ...base, epochs: 3, target: "price" }, 6],
    [
      "classes with weights, plateau, clipping",
      { ...base, target: "kind", classWeights: "balanced", schedule: "plateau", clipGradNorm: 0.5 },
    ],
    ["averaged weights, folds and a refit of the best length", { ...folded, target: "price", compile: false }, 12],
    ["classes, averaged weights, ended by patience, no refit", { ...folded, ...alone, target: "kind", epochs: 12 }, 8],
    [
      "no validation rows, sgd, steps",
      { ...base, target: "sold", optimizer: "sgd", schedule: "step", split: { validation: 0 } },
    ],
    [
      "the last weights kept, which are not the best",
      { ...base, target: "price", schedule: "none", lr: 0.3, patience: false, split: { seed: 2 } },
    ],
  ])("%s", async (_, options, epochs = 4) => {
    expect(await expectSame(options)).toBe(epochs);
  });

  it("with patience, which stops it early", async () => {
    const options = { ...base, target: "price", schedule: "none", lr: 0.3, patience: 2, epochs: 12 } as const;
    const epochs = await expectSame(options);
    expect(epochs).toBeLessThan(12);
    expect(epochs).toBeGreaterThan(2);
  });
});

it("more epochs than were planned, where the schedule does not end with them", async () => {
  const options = { ...base, target: "price", schedule: "none", patience: false } as const;
  let file = new Uint8Array();
  const onEpoch: TrainTableOptions["onEpoch"] = (event) => {
    file = saveCheckpoint(event.checkpoint());
  };
  await trainTable(shopTable(), { ...options, epochs: 2, onEpoch });
  const longer = await trainTable(shopTable(), { ...options, resume: loadCheckpoint(file) });
  const whole = await trainTable(shopTable(), options);
  expect(Buffer.from(whole.model.save()).equals(longer.model.save())).toBe(true);
});

it("refuses a checkpoint of another training, in words that help", async () => {
  let file = new Uint8Array();
  const options = { ...base, target: "price", epochs: 2 };
  const onEpoch: TrainTableOptions["onEpoch"] = (event) => {
    file = saveCheckpoint(event.checkpoint());
  };
  await trainTable(shopTable(), { ...options, onEpoch });
  const whole = file;
  await expect(trainTable(shopTable(), { ...options, refit: false, resume: loadCheckpoint(whole) })).rejects.toThrow(
    "the checkpoint is one of a refit, and this training has none; pass refit: true",
  );
  await trainTable(shopTable(), { ...options, refit: false, onEpoch });
  const again = (more: Partial<TrainTableOptions>) =>
    trainTable(shopTable(), { ...options, ...more, resume: loadCheckpoint(file) });
  await expect(again({ network: { hidden: [9] } })).rejects.toThrow(/layers\.0\.weight/);
  await expect(again({ schedule: "none" })).rejects.toThrow("was saved with a scheduler");
  await expect(again({ split: { validation: 0 } })).rejects.toThrow("validation");
  for (const more of [{ epochs: 1 }, { epochs: 9 }, { batchSize: 8 }, { lr: 0.02 }]) {
    const message = /the schedule of the checkpoint has (totalSteps|maxLr) .*; pass the same schedule, lr, epochs/;
    await expect(again(more)).rejects.toThrow(message);
  }
});
