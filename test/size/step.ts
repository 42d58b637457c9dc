import { compile, randn, type Tensor } from "evenkeel";
import { BatchNorm1d, Linear, ReLU, Sequential } from "evenkeel/nn";
import { mseLoss } from "evenkeel/nn/functional";
import { Adam } from "evenkeel/optim";

/**
 * Compiled training steps of a network for tables; gives whether it learns, and how many tasks had
 * no code.
 */
export function run(): unknown {
  const net = new Sequential(new Linear(9, 50), new BatchNorm1d(50), new ReLU(), new Linear(50, 1));
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = mseLoss(net.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const [x, y] = [randn([32, 9]), randn([32, 1])];
  const losses = Array.from({ length: 20 }, () => step(x, y).item());
  return { learns: losses[19] < losses[0], fallbacks: step.explain().programs[0].fallbacks };
}
