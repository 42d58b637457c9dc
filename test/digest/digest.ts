import { compile, manualSeed, randint, randn, type Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";
import { Adam, AdamW } from "evenkeel/optim";

/**
 * Whole training runs, compiled, as one sha256 each: over every loss, parameter, buffer and moment, to the last bit. Uses
 * nothing but the library and what every engine has, so that Node and browsers run the same file.
 */

export type Digests = Readonly<Record<string, string>>;

const steps = 200;
const batchSize = 32;

interface Training {
  readonly model: nn.Module;
  readonly optimizer: Adam | AdamW;
  readonly loss: (output: Tensor, target: Tensor) => Tensor;
  readonly batch: (rows: number) => readonly [Tensor, Tensor];
}

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
  };
}

/** Losses, then the state that training leaves, in order. */
function run({ model, optimizer, loss, batch }: Training, compiled: boolean): Tensor[] {
  const step = compile(
    (x: Tensor, target: Tensor) => {
      optimizer.zeroGrad();
      const value = loss(model(x), target);
      value.backward();
      optimizer.step();
      return value;
    },
    { compile: compiled },
  );
  // A partial batch now and then, as at the end of an epoch.
  const losses = Array.from({ length: steps }, (_, i) => step(...batch(i % 10 === 9 ? 11 : batchSize)));
  // A digest of NaN would prove nothing.
  const [first, last] = [losses[0].item(), losses[steps - 1].item()];
  if (!(last < first)) throw new Error(`the training does not train: the loss went from ${first} to ${last}`);
  const moments = [...optimizer.state.values()].flatMap((state) => Object.values(state));
  return [...losses, ...model.parameters(), ...model.buffers(), ...moments];
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

const trainings = { tutorial, classifier };

export async function digests({ compiled = true } = {}): Promise<Digests> {
  const found: [string, string][] = [];
  for (const [name, make] of Object.entries(trainings)) found.push([name, await sha256(run(make(), compiled))]);
  return Object.fromEntries(found);
}
