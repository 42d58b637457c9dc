import { manualSeed, randint, randn, tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";
import { Adam } from "evenkeel/optim";
import type { Training } from "./training.ts";

/**
 * Blocks of convolution, BatchNorm and ReLU, one for each way in which programs compute a
 * convolution: any window directly, 3 x 3 by Winograd's steps, with a stride, in groups, and each
 * channel by itself.
 */
function blocks(): nn.Module[] {
  return [
    ...[new nn.Conv2d(3, 8, 5, { padding: 2 }), new nn.BatchNorm2d(8), new nn.ReLU(), new nn.MaxPool2d(2)],
    ...[new nn.Conv2d(8, 16, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(16), new nn.ReLU()],
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
    ...[new nn.Conv2d(16, 16, 3, { stride: 2, padding: 1, bias: false }), new nn.BatchNorm2d(16), new nn.ReLU()],
    new nn.Dropout2d(0.2),
    ...[new nn.Conv2d(16, 32, 3, { padding: 1, groups: 4, bias: false }), new nn.BatchNorm2d(32), new nn.ReLU()],
    ...[new nn.Conv2d(32, 32, 3, { padding: 1, groups: 32, bias: false }), new nn.BatchNorm2d(32), new nn.ReLU()],
  ];
}

interface Setting {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly batchSize: number;
  readonly lastBatch: number;
}

/** The brightness of each channel, by class. */
const brightness = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [-1, -1, -1],
];

function convNet({ seed, height, width, ...sizes }: Setting): Training {
  manualSeed(seed);
  const head = [new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(32, brightness.length)];
  const model = new nn.Sequential(...blocks(), ...head);
  return {
    model,
    optimizer: new Adam(model.parameters(), { lr: 0.01 }),
    loss: (output, target) => F.crossEntropy(output, target),
    batch: (rows) => {
      const target = randint(0, brightness.length, [rows]);
      const shift = tensor(brightness).indexSelect(0, target).reshape([rows, 3, 1, 1]);
      return [randn([rows, 3, height, width]).add(shift), target];
    },
    steps: 20,
    evaluated: 5,
    ...sizes,
  };
}

/** Sizes that divide by every stride and tile, and sizes that leave something over everywhere. */
export const convNets = {
  "convNet, 16 pictures of 24 x 24": () => convNet({ seed: 44, height: 24, width: 24, batchSize: 16, lastBatch: 7 }),
  "convNet, 5 pictures of 19 x 13": () => convNet({ seed: 45, height: 19, width: 13, batchSize: 5, lastBatch: 3 }),
  "convNet, 2 pictures of 32 x 30": () => convNet({ seed: 46, height: 32, width: 30, batchSize: 2, lastBatch: 1 }),
};
