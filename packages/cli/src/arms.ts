import type { Tensor } from "evenkeel";
import * as nn from "evenkeel/nn";
import * as F from "evenkeel/nn/functional";

/** The tutorial's network with batch normalization, line by line. */
export class Net extends nn.Module {
  layer1 = new nn.Linear(9, 50);
  layer2 = new nn.Linear(50, 25);
  layer3 = new nn.Linear(25, 1);
  batch_norm1 = new nn.BatchNorm1d(50);
  batch_norm2 = new nn.BatchNorm1d(25);

  forward(x: Tensor): Tensor {
    x = F.relu(this.batch_norm1(this.layer1(x)));
    x = F.relu(this.batch_norm2(this.layer2(x)));
    return this.layer3(x);
  }
}

/** The tutorial's network without it. Its weights are drawn in the same order as those of {@link Net}. */
export function sequential(): nn.Module {
  return new nn.Sequential(
    new nn.Linear(9, 50),
    new nn.ReLU(),
    new nn.Linear(50, 25),
    new nn.ReLU(),
    new nn.Linear(25, 1),
  );
}

export type ArmId = "before" | "after" | "raw" | "both";

/** One of the four ways to train: how the features go in, and whether the network normalizes batches. */
export interface Arm {
  readonly id: ArmId;
  /** Its part in the comparison. */
  readonly role: "before" | "after" | "crossed";
  readonly features: "raw" | "z-score";
  readonly batchNorm: boolean;
  readonly build: () => nn.Module;
}

/** The tutorial's two, and the two crossed cases that tell what each of its two changes does by itself. */
export const arms: readonly Arm[] = [
  { id: "before", role: "before", features: "z-score", batchNorm: false, build: sequential },
  { id: "after", role: "after", features: "raw", batchNorm: true, build: () => new Net() },
  { id: "raw", role: "crossed", features: "raw", batchNorm: false, build: sequential },
  { id: "both", role: "crossed", features: "z-score", batchNorm: true, build: () => new Net() },
];

export function armOf(id: ArmId): Arm {
  const arm = arms.find((candidate) => candidate.id === id);
  if (arm === undefined)
    throw new RangeError(`no arm is called "${id}"; there are ${arms.map((a) => a.id).join(", ")}`);
  return arm;
}

/** "z-score, no BatchNorm" */
export function describeArm({ features, batchNorm }: Arm): string {
  return `${features}, ${batchNorm ? "BatchNorm" : "no BatchNorm"}`;
}
