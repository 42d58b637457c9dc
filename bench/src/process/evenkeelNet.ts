import { F, nn, type Tensor, tensor } from "evenkeel";
import type { Rows } from "./table.ts";

/** The tutorial's network. */
export class Net extends nn.Module {
  layer1 = new nn.Linear(9, 50);
  layer2 = new nn.Linear(50, 25);
  layer3 = new nn.Linear(25, 1);
  batch_norm1 = new nn.BatchNorm1d(50);
  batch_norm2 = new nn.BatchNorm1d(25);
  forward(x: Tensor) {
    x = F.relu(this.batch_norm1(this.layer1(x)));
    x = F.relu(this.batch_norm2(this.layer2(x)));
    return this.layer3(x);
  }
}

export function tensors({ x, y }: Rows): [x: Tensor, y: Tensor] {
  return [tensor(x, { shape: [y.length, 9] }), tensor(y, { shape: [y.length, 1] })];
}
