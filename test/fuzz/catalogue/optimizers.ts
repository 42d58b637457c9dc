import type { OptimizerSpec } from "../composition.ts";
import type { Random } from "../random.ts";

const sgd: readonly string[] = ["momentum: 0.9", "weightDecay: 0.1", "maximize: true", "dampening: 0.3"];
const adam: readonly string[] = [
  "weightDecay: 0.1",
  "maximize: true",
  "amsgrad: true",
  "eps: 0.01",
  "betas: [0.5, 0.7]",
];

const schedulers = [
  "StepLR(optimizer, { stepSize: 1, gamma: 0.5 })",
  "ExponentialLR(optimizer, { gamma: 0.7 })",
  "LinearLR(optimizer, { totalIters: 3 })",
  "CosineAnnealingLR(optimizer, { tMax: 4 })",
  "MultiStepLR(optimizer, { milestones: [1, 2] })",
  "OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 12 })",
];

export function optimizerFor(members: readonly string[], random: Random): OptimizerSpec {
  const kind = random.pick(["SGD", "Adam", "AdamW"] as const);
  const known = kind === "SGD" ? sgd : adam;
  const optionsOf = () => {
    if (kind === "SGD" && random.chance(0.15)) return ["momentum: 0.8", "nesterov: true"];
    return random.some(known, 0.3);
  };
  const options = ["lr: 0.05", ...optionsOf()].join(", ");
  const shuffled = random.shuffled(members);
  const cut = members.length > 1 && random.chance(0.4) ? random.int(1, members.length - 1) : members.length;
  const second = random.pick(["lr: 0.01", "weightDecay: 0.3", "maximize: true", "lr: 0.02, weightDecay: 0"]);
  const groups = [
    { members: shuffled.slice(0, cut), options: "" },
    ...(cut < members.length ? [{ members: shuffled.slice(cut), options: second }] : []),
  ];
  return { kind, options, groups, ...(random.chance(0.3) && { scheduler: random.pick(schedulers) }) };
}
