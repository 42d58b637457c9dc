import { expect, it } from "vitest";
import { Adam, ReduceLROnPlateau, StepLR } from "../optim/index.ts";
import { BatchNorm1d, Linear, Module, Sequential } from "./index.ts";

/** PyTorch's spellings say what to write, whether they are called, read or assigned. */

class Net extends Module {
  layer1 = new Linear(2, 3);
  batch_norm1 = new BatchNorm1d(3);
  override forward(x: Parameters<Linear>[0]) {
    return this.batch_norm1(this.layer1(x));
  }
}

type Any = Record<string, () => void>;
const of = (object: unknown) => object as Any;
const optimizer = new Adam(new Net().parameters());

it.each<[string, () => unknown, string]>([
  ["zero_grad", () => of(new Net()).zero_grad(), "net.zero_grad is net.zeroGrad here"],
  ["state_dict", () => of(new Net()).state_dict(), "net.state_dict is net.stateDict here"],
  ["load_state_dict", () => of(new Sequential()).load_state_dict(), "net.load_state_dict is net.loadStateDict here"],
  ["named_parameters", () => of(new Net()).named_parameters, "net.named_parameters is net.namedParameters here"],
  ["requires_grad_", () => of(new Net()).requires_grad_(), "net.requires_grad_ is net.requiresGrad_ here"],
  ["register_buffer", () => of(new Net()).register_buffer(), "net.register_buffer is net.registerBuffer here"],
  ["cuda", () => of(new Net()).cuda(), "net.cuda is not here: all computing is on the CPU; leave it out"],
  [
    "reset_parameters",
    () => of(new Linear(2, 3)).reset_parameters(),
    "layer.reset_parameters is layer.resetParameters here",
  ],
  ["in_features", () => of(new Linear(2, 3)).in_features, "layer.in_features is layer.inFeatures here"],
  ["num_features", () => of(new BatchNorm1d(3)).num_features, "layer.num_features is layer.numFeatures here"],
  ["zero_grad of an optimizer", () => of(optimizer).zero_grad(), "optimizer.zero_grad is optimizer.zeroGrad here"],
  ["param_groups", () => of(optimizer).param_groups, "optimizer.param_groups is optimizer.paramGroups here"],
  [
    "add_param_group",
    () => of(optimizer).add_param_group(),
    "optimizer.add_param_group is optimizer.addParamGroup here",
  ],
  [
    "get_last_lr",
    () => of(new StepLR(optimizer, { stepSize: 1 })).get_last_lr(),
    "scheduler.get_last_lr is scheduler.getLastLr here",
  ],
  [
    "last_epoch",
    () => of(new StepLR(optimizer, { stepSize: 1 })).last_epoch,
    "scheduler.last_epoch is scheduler.lastEpoch",
  ],
  ["num_bad_epochs", () => of(new ReduceLROnPlateau(optimizer)).num_bad_epochs, "scheduler.num_bad_epochs is"],
  [
    "an assignment",
    () => (of(optimizer).param_groups = () => {}),
    "optimizer.param_groups is optimizer.paramGroups here",
  ],
])("%s", (_, use, message) => {
  expect(use).toThrow(TypeError);
  expect(use).toThrow(message);
});

it("a class may use such names for itself, and names of its own are left alone", () => {
  class Own extends Module {
    declare half: number;
    constructor() {
      super();
      this.half = 2;
    }
    in_features = 7;
    batch_norm1 = new BatchNorm1d(3);
    zero_grad() {
      return "mine";
    }
    override forward(x: Parameters<Linear>[0]) {
      return x;
    }
  }
  const own = new Own();
  expect([own.zero_grad(), own.in_features, own.half]).toEqual(["mine", 7, 2]);
  expect(Object.assign(new Linear(2, 3), { in_features: 9 }).in_features).toBe(9);
  expect(Object.keys(own.stateDict())[0]).toBe("batch_norm1.weight");
  expect(Object.keys(own)).toContain("half");
  expect(Object.keys(new Net())).toEqual(["training", "layer1", "batch_norm1"]);
  const seen: string[] = [];
  for (const name in new Net()) seen.push(name);
  expect(seen).toEqual(["training", "layer1", "batch_norm1"]);
});
