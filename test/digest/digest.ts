import { manualSeed, randint, randn, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";
import { Adam, AdamW } from "evenkeel/optim";
import { convNets } from "./convNets.ts";
import { type Training, train } from "./training.ts";

/**
 * Whole training runs, compiled, as one sha256 each: over every loss, parameter, buffer and moment,
 * to the last bit. Uses nothing but the library and what every engine has, so that Node and
 * browsers run the same file.
 */

export type Digests = Readonly<Record<string, string>>;

const sizes = { steps: 200, batchSize: 32, lastBatch: 11 };

/** The tutorial's: regression, BatchNorm and ReLU, Adam. */
function tutorial(): Training {
  manualSeed(42);
  const model = new nn.Sequential(
    ...[new nn.Linear(9, 50), new nn.BatchNorm1d(50), new nn.ReLU()],
    ...[new nn.Linear(50, 25), new nn.BatchNorm1d(25), new nn.ReLU()],
    new nn.Linear(25, 1),
  );
  return {
    model,
    optimizer: new Adam(model.parameters(), { lr: 0.01 }),
    loss: (output, target) => F.mseLoss(output, target),
    // Columns of very different sizes, as a table has them.
    batch: (rows) => {
      const x = randn([rows, 9]).mul(100).add(1000);
      return [
        x,
        x
          .mean(1, { keepdim: true })
          .div(10)
          .add(randn([rows, 1])),
      ];
    },
    ...sizes,
  };
}

/** Classes, with dropout from the global generator, GELU, and decayed weights. */
function classifier(): Training {
  manualSeed(43);
  const model = new nn.Sequential(
    ...[new nn.Linear(12, 40), new nn.GELU(), new nn.Dropout(0.2)],
    ...[new nn.Linear(40, 20), new nn.GELU(), new nn.Dropout(0.1)],
    new nn.Linear(20, 5),
  );
  return {
    model,
    optimizer: new AdamW(model.parameters(), { lr: 0.003 }),
    loss: (output, target) => F.crossEntropy(output, target),
    batch: (rows) => [randn([rows, 12]), randint(0, 5, [rows])],
    ...sizes,
  };
}

/** Layers whose products are packed, in tiles that do not divide them. */
function large(): Training {
  manualSeed(44);
  const model = new nn.Sequential(
    ...[new nn.Linear(100, 262), new nn.BatchNorm1d(262), new nn.ReLU()],
    ...[new nn.Linear(262, 250), new nn.ReLU(), new nn.Linear(250, 3)],
  );
  return {
    model,
    optimizer: new Adam(model.parameters(), { lr: 0.001 }),
    loss: (output, target) => F.crossEntropy(output, target),
    batch: (rows) => [randn([rows, 100]), randint(0, 3, [rows])],
    ...{ steps: 40, batchSize: 140, lastBatch: 37 },
  };
}

async function sha256(tensors: readonly Tensor[]): Promise<string> {
  const parts = tensors.map(({ data }) => new Uint8Array(data.slice().buffer));
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Rows that are no multiple of a block, through layers that evaluate. */
const evaluation = (): Training => ({ ...tutorial(), steps: 20, evaluated: 203 });

const trainings = { tutorial, classifier, large, evaluation, ...convNets };

/** @param steps how many each training has; by default few enough for a test */
export async function digests({
  compiled = true,
  steps,
}: {
  readonly compiled?: boolean;
  readonly steps?: number;
} = {}): Promise<Digests> {
  const found: [string, string][] = [];
  for (const [name, make] of Object.entries(trainings)) {
    const training = make();
    const { tensors } = train({ ...training, steps: steps ?? training.steps }, compiled);
    found.push([name, await sha256(tensors)]);
  }
  return Object.fromEntries(found);
}
